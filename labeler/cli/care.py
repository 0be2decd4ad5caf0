"""Commands that look after what is stored."""

import click

from labeler.cli.frame import main, progress, with_app
from labeler.errors import LabelerError


@main.command()
@with_app
def check() -> None:
    """Prove that what is stored is whole: logs, annotations, offsets, tokens."""
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
    click.echo("All is well: every layer is the fold of its log, and keeps the rules.")
