"""Words that every form shares."""
