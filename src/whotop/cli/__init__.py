"""The command line: one file a command. A command parses options, calls one function and prints."""
