"""The command line: reads what was asked, calls what does it, prints what came of it.

Commands import what they need when they run: `labeler --help` should not wait for spaCy.
"""

# Each of these modules adds its commands to the group as it is imported.
from labeler.cli import care, corpus, jobs, patterns, people, projects, serving  # noqa: F401
from labeler.cli.frame import main

__all__ = ["main"]
