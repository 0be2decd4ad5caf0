"""Lets `python -m labeler` be the command `labeler`."""

from labeler.cli import main

main()
