"""Commands that add people and their tokens."""

import sys

import click

from labeler.cli.frame import main, with_instance


@main.group()
def user() -> None:
    """Add and list people."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "member"]), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_instance
def user_add(name: str, role: str, password_stdin: bool) -> None:
    """Add a person, and print a sign-in link's token where no password is given."""
    from labeler import accounts

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    added = accounts.add_user(name, role=role, password=password)
    click.echo(f"Added {name}.")
    if password is None:
        token = accounts.signin_token(added.id)
        click.echo(f"To sign in once, within a day, they open: /sign-in/{token}")


@user.command("list")
@with_instance
def user_list() -> None:
    """List people: name, role, and whether they can sign in."""
    from labeler.models import User, db

    for person in db.session.query(User).order_by(User.name):
        state = "can sign in" if person.password_hash and person.active else "cannot sign in"
        click.echo(f"{person.name}\t{person.role}\t{state}")


@main.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "annotate", "manage"]),
    default="manage",
    show_default=True,
    help="It may ask, label and settle as well, or do all that the person may.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="It ends after so many days.")
@with_instance
def token(name: str, scope: str, days: int | None) -> None:
    """Print a new API token of a person; it is shown this once."""
    from labeler import accounts

    click.echo(
        accounts.api_token(accounts.find_user(name), scope=accounts.as_scope(scope), days=days)
    )
