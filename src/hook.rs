//! Finding the hooks folder, chaining an existing hook, uninstalling without a trace.
