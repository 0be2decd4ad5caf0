"""Runs the benchmarks named, or all: python -m benchmarks [name ...]."""

import sys
from importlib import import_module

NAMES = ("importing", "suggesting", "exporting", "saving", "agreement")


def main(names: list[str]) -> None:
    """Run each benchmark and print its figures."""
    for name in names or NAMES:
        import_module(f"benchmarks.{name}").main()


main(sys.argv[1:])
