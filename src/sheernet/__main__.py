"""The command line as python -m sheernet."""

from sheernet.apps.cli import main

if __name__ == "__main__":
    main()
