"""The schema of a live database: sys.* views read into model.schema, one area a file."""

from migrator.sqlserver.catalog.reader import Catalog, read_catalog

__all__ = ["Catalog", "read_catalog"]
