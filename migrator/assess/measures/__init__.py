"""What can be counted about a column, a key or a table by one look at its rows."""
