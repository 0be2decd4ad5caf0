"""Runs the benchmarks named, or all: python -m benchmarks [name ...] [--sizes 350,1000]."""

import argparse
from importlib import import_module
from typing import Any

NAMES = ("importing", "suggesting", "exporting", "saving", "agreement", "annotating", "actions")
LONG = ("streaming", "lists", "jobs")
"""Benchmarks that run only when they are named."""


def main() -> None:
    """Run each benchmark and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        choices=(*NAMES, *LONG, []),
        help="benchmarks; all but the long ones unless told",
    )
    parser.add_argument("--sizes", help="tokens of the articles that `annotating` opens")
    parser.add_argument("--articles", type=int, help="articles of `jobs` and `streaming`")
    parser.add_argument("--formats", help="formats of `streaming`")
    given = parser.parse_args()
    for name in given.names or NAMES:
        options: dict[str, Any] = {}
        if name == "annotating" and given.sizes:
            options["sizes"] = [int(size) for size in given.sizes.split(",")]
        if name in ("jobs", "streaming") and given.articles:
            options["count"] = given.articles
        if name == "streaming" and given.formats:
            options["formats"] = given.formats.split(",")
        import_module(f"benchmarks.{name}").main(**options)


main()
