"""T-SQL scripts as a schema: text -> tokens -> batches -> statements -> an in-memory catalog."""
