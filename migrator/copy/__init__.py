"""The fast mysqldump that SQL Server never had: segments in, LOAD DATA out, exactly once."""
