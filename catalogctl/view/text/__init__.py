"""Forms for people on a terminal."""
