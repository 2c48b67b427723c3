"""The version of the package; a test compares it with that of the program."""
VERSION = "0.2.0"
