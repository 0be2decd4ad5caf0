"""The command for patterns that suggest: out as lines of JSON, and in again."""

from pathlib import Path

import click

from labeler.cli.frame import find_project, main, with_instance
from labeler.errors import Invalid, Problem


@main.command()
@click.argument("slug")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--try", "trying", is_flag=True, help="Try them on the articles, and save nothing.")
@with_instance
def patterns(slug: str, file: Path | None, trying: bool) -> None:
    """Print the patterns of a project, or take those of FILE in their place as a new version."""
    from labeler.suggest.patterns import read_file, write_file
    from labeler.transfer import patterns as kept

    project = find_project(slug)
    found = kept.of_version(kept.latest(project))
    if file is not None:
        found, problems = read_file(file.read_bytes(), project.scheme)
        if problems:
            told = [Problem(each.message, file=str(file), line=each.line) for each in problems]
            raise Invalid(f"Nothing was changed: {len(told)} lines cannot be used.", told)
    if trying:
        trial = kept.try_out(project, found)
        click.echo(f"{trial.found.total()} matches in {trial.documents} of {trial.of} articles.")
        for label, count in trial.found.most_common():
            click.echo(f"  {label:30} {count} in {trial.within[label]} articles")
    elif file is None:
        for line in write_file(found):
            click.echo(line, nl=False)
    else:
        number = kept.save(project, found, None)
        click.echo(f"Version {number} has {len(found)} patterns. Propose: labeler suggest {slug}")
