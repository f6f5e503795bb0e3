"""Sources that need no server: .bacpac and .dacpac packages, and scripts."""
