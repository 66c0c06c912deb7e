"""Effects: compile, refresh, recover, execute, and the workflows made of them."""
