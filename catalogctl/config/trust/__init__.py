"""What a checkout may not decide: where keys go, which addresses and folders are used, which packages are installed."""
