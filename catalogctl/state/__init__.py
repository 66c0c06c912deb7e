"""What is remembered: snapshots, the backends that keep them, the journal."""
