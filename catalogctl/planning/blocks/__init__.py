"""`moved`, `removed` and `import` blocks, and edits of state: what they may say and what they do to recorded entries."""
