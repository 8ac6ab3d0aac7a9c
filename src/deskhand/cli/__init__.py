"""The command line: one file a verb. Each parses, calls one use case, shows the result and sets the exit code."""
