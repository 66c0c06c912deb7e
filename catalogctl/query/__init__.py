"""Finding editions: what they are called, which of them an expression selects, and where each value comes from."""
