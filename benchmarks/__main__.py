"""Runs the benchmarks named, or all: python -m benchmarks [name ...] [--sizes 350,1000]."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

NAMES = ("importing", "suggesting", "exporting", "saving", "agreement", "annotating", "actions")
CORPUS = ("learning", "training")
"""Benchmarks that need a corpus."""
LONG = ("streaming", "lists", "jobs", "relabeling", *CORPUS)
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
    parser.add_argument(
        "--articles", type=int, help="articles of `jobs`, `learning`, `relabeling`, `streaming`"
    )
    parser.add_argument("--formats", help="formats of `streaming`")
    parser.add_argument(
        "--corpus", type=Path, help="file or folder with annotations for `learning` and `training`"
    )
    given = parser.parse_args()
    for name in given.names or NAMES:
        if name in CORPUS and given.corpus is None:
            parser.error(f"{name} needs a corpus with annotations: --corpus FILE")
        import_module(f"benchmarks.{name}").main(**_options(name, given))


def _options(name: str, given: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked of a benchmark."""
    options: dict[str, Any] = {}
    if name == "annotating" and given.sizes:
        options["sizes"] = [int(size) for size in given.sizes.split(",")]
    if name in ("jobs", "relabeling", "streaming") and given.articles:
        options["count"] = given.articles
    if name == "streaming" and given.formats:
        options["formats"] = given.formats.split(",")
    if name in CORPUS:
        options["corpus"] = given.corpus
    if name == "learning" and given.articles:
        options["documents"] = given.articles
    return options


main()
