"""ONIX for Books: read as a stream, held against its schema, its code lists and our own rules, and written."""
