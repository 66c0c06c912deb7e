"""The nouns everything else is made of; imports nothing else of this package."""
