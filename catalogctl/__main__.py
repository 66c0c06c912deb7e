"""`python -m catalogctl`, the same command as `catalogctl`."""

from catalogctl.cli.main import main

if __name__ == "__main__":
    main()
