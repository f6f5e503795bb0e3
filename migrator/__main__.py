"""``python -m migrator`` is the same as ``migrator``."""

from migrator.cli.main import run

if __name__ == "__main__":
    run()
