"""A saved plan compared with one made now."""
