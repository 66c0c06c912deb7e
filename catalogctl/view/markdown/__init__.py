"""The plan as Markdown, for a pull request."""
