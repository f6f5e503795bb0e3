"""The tables of the demo database, one subject a file: what they are and how their rows are made."""
