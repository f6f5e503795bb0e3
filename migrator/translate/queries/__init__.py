"""T-SQL queries in MySQL's words: every name resolved, every expression typed, or a reason why not."""
