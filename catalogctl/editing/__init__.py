"""Changes to files that people write: every byte outside a change stays as it is, and what was written is read back."""
