"""The window: what has to happen inside it, and whether it fits."""
