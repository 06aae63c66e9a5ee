"""`python -m exocast`."""

from exocast.cli import main

if __name__ == "__main__":
    main()
