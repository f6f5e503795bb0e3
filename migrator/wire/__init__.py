"""Rows in transit: one Arrow type per SQL Server type, canonical text, row hashes. Everything here is vectorised."""
