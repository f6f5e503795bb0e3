"""A SQL Server schema in MySQL's words: names, types, keys, defaults, checks, computed columns and indexes."""
