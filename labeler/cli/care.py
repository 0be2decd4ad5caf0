"""Commands that look after what is stored."""

from pathlib import Path

import click

from labeler.cli.frame import main, progress, with_instance
from labeler.errors import LabelerError


@main.command()
@with_instance
def check() -> None:
    """Prove that what is stored is whole: logs, annotations, offsets, tokens.

    Required attributes that finished layers lack are listed as well; they are no fault.
    """
    _prove()
    lacks = _list_lacking()
    click.echo("All is well: every layer is the fold of its log, and keeps the rules.")
    if lacks:
        some = "1 required attribute is" if lacks == 1 else f"{lacks:,} required attributes are"
        click.echo(f"{some} not given in finished layers: see the list.")


def _list_lacking() -> int:
    """List the required attributes that finished layers lack; return how many they are."""
    from labeler import proof

    count = 0
    for problem in proof.lacking():
        click.echo(str(problem))
        count += 1
    return count


def _prove() -> None:
    from labeler import proof

    count = 0
    with progress("Checking", "layers") as told:
        for problem in proof.check(told):
            click.echo(str(problem), err=True)
            count += 1
    if count:
        raise LabelerError(
            f"{count} things are wrong. Restore a backup, or ask for help with this list."
        )


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_instance
def backup(file: Path) -> None:
    """Write all that is in the database into one file, while the site is served."""
    from labeler import audit, backups

    with progress("Writing", "rows") as told:
        count = backups.write(file, told)
    audit.record("site.backup", file.name, details={"rows": count})
    click.echo(f"Wrote {count} rows to {file}.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Delete what the database holds now.")
@with_instance
def restore(file: Path, replace: bool) -> None:
    """Make the database what it was when a backup was written, and prove it whole.

    The backup may come from the other kind of database. Stop the server and workers first.
    """
    from labeler import audit, backups

    with progress("Reading", "rows") as told:
        count = backups.restore(file, replace=replace, progress=told)
    audit.record("site.restore", file.name, details={"rows": count})
    _prove()
    click.echo(f"Restored {count} rows from {file}. All is well: every layer is as its log says.")
