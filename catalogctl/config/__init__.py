"""From files to titles: source, project, documents, codes, assets, schema, layout."""
