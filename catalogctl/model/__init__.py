"""The nouns that everything else is made of. They import `catalogctl.system` and nothing else of this package."""
