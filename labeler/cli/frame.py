"""What all commands share: the group they belong to, the application, progress, errors."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from labeler import __version__
from labeler.config import Settings
from labeler.errors import LabelerError
from labeler.spool import json_pieces


class _Commands(click.Group):
    """Tells of an error in one sentence on stderr, with the status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LabelerError as error:
            click.echo(error.message, err=True)
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
            ctx.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="labeler")
def main() -> None:
    """Label entities and relations in articles, and train spaCy on what comes out."""


def with_instance(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with the database at hand; reading its code waits until it is needed."""

    def run(**options: Any) -> Any:
        from labeler.instance import open_instance

        with open_instance(Settings.from_env()).app_context():
            return command(**options)

    return update_wrapper(run, command)


def _in_full(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return a folder by its whole path: the server runs elsewhere."""
    return str(Path(value).resolve()) if value and Path(value).is_dir() else value


pipeline_option = click.option(
    "--pipeline", callback=_in_full, help="spaCy pipeline that suggests: a package or a path."
)
"""Names a spaCy pipeline."""


@contextmanager
def progress(what: str, unit: str = "articles") -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal and nothing on a pipe."""
    with tqdm(desc=what, unit=f" {unit}", disable=None, leave=False) as bar:

        def tell(count: int) -> None:
            bar.update(count)

        yield tell


def print_json(value: object) -> None:
    """Print a value as JSON for people and programs to read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_report(report: dict[str, object]) -> None:
    """Print a report as JSON, however much did not fit."""
    for piece in json_pieces(report):
        click.echo(piece, nl=False)


def find_project(slug: str) -> Any:
    """Return the project of this slug; raises NotFound."""
    from labeler import projects

    return projects.find(slug)
