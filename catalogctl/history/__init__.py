"""Runs of apply: their records, and how one is reverted."""
