"""What any provider or backend must show, ours or others."""
