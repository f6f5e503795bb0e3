"""model.xml, the schema inside a package, read into model.schema."""
