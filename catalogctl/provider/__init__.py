"""All that the author of a provider imports, besides the model."""
