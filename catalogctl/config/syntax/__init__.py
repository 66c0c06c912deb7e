"""Bytes → values with the place of each: YAML 1.2, JSON, and which bytes a file may consist of."""
