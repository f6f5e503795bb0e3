"""The native rows inside a .bacpac: how fields are laid out, and how they become Arrow batches."""
