"""What changes inside one value."""
