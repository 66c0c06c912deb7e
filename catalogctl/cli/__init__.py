"""The command line: options, exit codes, and the one place where a CatalogError is caught."""
