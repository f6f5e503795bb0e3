"""A database as model.xml, the schema inside a package, in the words of DacFx."""
