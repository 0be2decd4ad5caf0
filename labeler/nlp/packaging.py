"""Pipelines as packages that `pip install` takes: by `spacy package`, with nothing downloaded."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from labeler.errors import Unavailable

_PATIENCE = 300
"""Seconds that each step of making a wheel may take."""


def wheel(pipeline: Path, target: Path, name: str, version: str) -> None:
    """Write the pipeline of a folder as a wheel; raises Unavailable with what went wrong.

    `name` is an identifier without the language, which comes before it. spaCy would make the wheel
    in an environment that it downloads: here setuptools does, which spaCy brings along.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".wheel-") as folder:
        naming = ["--name", name, "--version", version]
        _run(["-m", "spacy", "package", str(pipeline), folder, "--build", "none", *naming], folder)
        [source] = Path(folder).iterdir()
        _run(["setup.py", "--quiet", "bdist_wheel"], str(source))
        [made] = source.glob("dist/*.whl")
        shutil.move(made, target)


def _run(arguments: list[str], folder: str) -> None:
    """Run Python in a process of its own: both programs print, and end the process they are in."""
    ran = subprocess.run(  # noqa: S603 - spaCy and setuptools, over files that spaCy wrote
        [sys.executable, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False,
    )  # fmt: skip
    if ran.returncode:
        told = (ran.stderr.strip() or ran.stdout.strip() or "no word").splitlines()[-1]
        raise Unavailable(f"The wheel could not be made: {told} Download the archive instead.")
