"""A database as files: one SQL script, MySQL Shell's folder, or Parquet; and the way from a folder into MySQL."""
