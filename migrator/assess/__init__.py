"""What a person should know before a migration: pure content, for any report."""
