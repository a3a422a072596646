"""python -m sheernet is the command line too."""

from sheernet.cli import main

main()
