"""`python -m tocsin` is the command."""

from tocsin.cli import main

main()
