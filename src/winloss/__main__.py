"""Run the door: ``python -m winloss``."""

from winloss.cli import main

if __name__ == "__main__":
    main()
