"""The stages strung together: the one place that knows the order of a migration."""
