"""Everything that talks to SQL Server; the only room that knows its drivers."""
