"""Pure: from a catalog, a snapshot and what was observed to a plan."""
