"""The plan file: a plan as JSON, and back."""
