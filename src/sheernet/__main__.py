"""The command line as python -m sheernet."""

from sheernet.cli import main

if __name__ == "__main__":
    main()
