"""Data → text. Decides nothing: what is shown was settled in the plan, in the state or in an event."""
