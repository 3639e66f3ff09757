//! One command, one file: its arguments, its help, its run.
