//! A repository's layout: where its folders are, its index, its refs, its configuration; and the one careful door to the git program. Reads, never writes, and runs nothing that the repository names.
