"""What a person should know before a migration: content, for any report."""
