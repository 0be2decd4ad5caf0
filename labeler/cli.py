"""The command line: reads what was asked, calls what does it, prints what came of it."""

import json
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click
from flask import Flask
from tqdm import tqdm

from labeler import __version__
from labeler.config import Settings
from labeler.errors import LabelerError


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


def _app(instance: Path | None = None) -> Flask:
    """Return the application; importing Flask and the database waits until a command needs it."""
    from labeler.app import create_app

    if instance is not None:
        os.environ["LABELER_INSTANCE"] = str(instance)
    return create_app(Settings.from_env())


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with the database at hand."""

    def run(**options: Any) -> Any:
        with _app().app_context():
            return command(**options)

    return update_wrapper(run, command)


@contextmanager
def _progress(what: str, unit: str = "articles") -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal and nothing on a pipe."""
    with tqdm(desc=what, unit=f" {unit}", disable=None, leave=False) as bar:

        def tell(count: int) -> None:
            bar.update(count)

        yield tell


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _project(slug: str) -> Any:
    from labeler import projects

    return projects.find(slug)


# ---- serving ---------------------------------------------------------------------------------


def _serve(app: Flask, host: str, port: int) -> None:
    """Serve until stopped; the first article opened should not wait for spaCy to load."""
    import logging

    import waitress  # type: ignore[import-untyped]

    # Its word on every request that waits for a thread helps nobody.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    threading.Thread(target=_warm_up, args=[app], daemon=True).start()
    try:
        server = waitress.create_server(
            app, host=host, port=port, threads=8, max_request_body_size=2**30, ident="labeler"
        )
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise LabelerError(
            f"Port {port} of {host} cannot be used: {reason}. Choose another with --port."
        ) from None
    server.run()


def _warm_up(app: Flask) -> None:
    from labeler import transfer
    from labeler.models import Project, db

    with app.app_context():
        project = db.session.query(Project).order_by(Project.id).first()
        if project is not None:
            transfer.warm_up(project)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the pages."""
    app = _app()
    click.echo(f"labeler listens on http://{host}:{port}/ - stop it with Ctrl+C.")
    _serve(app, host, port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--no-browser", is_flag=True, help="Don't open a browser.")
@click.option("--instance", type=click.Path(path_type=Path), help="Folder for the demo's data.")
def demo(host: str, port: int, no_browser: bool, instance: Path | None) -> None:
    """Serve sample articles for labeling, and print a link that signs you in once."""
    from labeler import demonstration

    app = _app(instance or Path(os.environ.get("LABELER_INSTANCE", "instance/demo")))
    with app.app_context(), _progress("Preparing the sample articles") as told:
        token = demonstration.prepare(told)
    link = f"http://{host}:{port}/sign-in/{token}"
    click.echo(f"Open this link to sign in; it works once:\n\n  {link}\n")
    click.echo("Stop with Ctrl+C. What you label is kept for the next time.")
    sys.stdout.flush()
    if not no_browser and sys.stdout.isatty():
        threading.Timer(1.0, webbrowser.open, [link]).start()
    _serve(app, host, port)


# ---- people ----------------------------------------------------------------------------------


@main.group()
def user() -> None:
    """Add and list people."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "member"]), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_app
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
@with_app
def user_list() -> None:
    """List people: name, role, and whether they can sign in."""
    from labeler.models import User, db

    for person in db.session.query(User).order_by(User.name):
        state = "can sign in" if person.password_hash and person.active else "cannot sign in"
        click.echo(f"{person.name}\t{person.role}\t{state}")


@main.command()
@click.argument("name")
@with_app
def token(name: str) -> None:
    """Print a new API token of a person; it is shown this once."""
    from labeler import accounts

    click.echo(accounts.api_token(accounts.find_user(name)))


# ---- projects --------------------------------------------------------------------------------


@main.group()
def project() -> None:
    """Add, list and show projects."""


@project.command("add")
@click.argument("slug")
@click.option("--scheme", "scheme_file", type=click.Path(path_type=Path), help="JSON or YAML file.")
@click.option("--title", help="Name for people.")
@click.option("--language", default="en", show_default=True, help="Language code of the articles.")
@click.option("--pipeline", help="spaCy pipeline that suggests: a package or a path.")
@with_app
def project_add(
    slug: str, scheme_file: Path | None, title: str | None, language: str, pipeline: str | None
) -> None:
    """Add a project."""
    from labeler import projects

    scheme = projects.read_scheme(scheme_file) if scheme_file else None
    projects.create(slug, title=title, language=language, scheme=scheme, pipeline=pipeline)
    click.echo(f"Added the project {slug}. Bring articles in with: labeler import {slug} PATH...")


@project.command("list")
@with_app
def project_list() -> None:
    """List projects: slug and title."""
    from labeler.models import Project, db

    for found in db.session.query(Project).order_by(Project.slug):
        click.echo(f"{found.slug}\t{found.title}")


@project.command("show")
@click.argument("slug")
@with_app
def project_show(slug: str) -> None:
    """Show a project: what it holds, and its scheme, as JSON."""
    from labeler import projects

    _print_json(projects.describe(_project(slug)))


# ---- articles in and out ---------------------------------------------------------------------


@main.command("import")
@click.argument("slug")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "importer", default="auto", show_default=True, help="How to read them.")
@click.option("--annotator", help="Whose layers the annotations are, where a file names nobody.")
@click.option("--add-labels", is_flag=True, help="Add the labels that the scheme lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_app
def import_(
    slug: str,
    paths: tuple[Path, ...],
    importer: str,
    annotator: str | None,
    add_labels: bool,
    as_json: bool,
) -> None:
    """Bring articles in: files, folders and zip archives."""
    from labeler import accounts, transfer

    found = _project(slug)
    with _progress("Importing") as told:
        report = transfer.import_paths(
            found,
            paths,
            actor=accounts.ensure_user(annotator or "import"),
            annotator=annotator,
            add_labels=add_labels,
            importer=importer,
            progress=told,
        )
    if as_json:
        _print_json(report.to_json())
    else:
        click.echo(report.sentence())
        for problem in report.problems:
            click.echo(f"  {problem}", err=True)
    if report.problems and not (report.documents or report.layers or report.unchanged):
        sys.exit(1)


@main.command()
@click.argument("slug")
@click.option("--suggester", help="Another suggester than the project's, from now on.")
@with_app
def suggest(slug: str, suggester: str | None) -> None:
    """Propose entities and relations for all documents not done yet."""
    from labeler import projects, transfer

    found = _project(slug)
    if suggester:
        projects.use_suggester(found, suggester)
    with _progress("Suggesting") as told:
        count = transfer.suggest(found, told)
    click.echo(f"Made suggestions for {count} documents.")


def _split(*given: Any) -> tuple[int, ...]:
    """Return the numbers of an option, given as click hands them over: context, option, value."""
    value = given[-1]
    try:
        return tuple(int(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("Use three whole numbers such as 80,10,10.") from None


@main.command()
@click.argument("slug")
@click.option("--format", "format_", default="docbin", show_default=True, help="What to write.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder; a new one in exports/ if not given."
)
@click.option(
    "--layer", default="gold", show_default=True, help="gold, all, suggestions or a person's name."
)
@click.option(
    "--split", default="80,10,10", show_default=True, callback=_split, help="Train, dev and test."
)
@click.option("--seed", default=0, show_default=True, help="Another seed deals the documents anew.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_app
def export(
    slug: str,
    format_: str,
    out: Path | None,
    layer: str,
    split: tuple[int, ...],
    seed: int,
    as_json: bool,
) -> None:
    """Take the corpus out, ready for training."""
    from labeler import transfer

    made = transfer.export(
        _project(slug), format_, layer=layer, split=split, seed=seed, folder=out, made_by="labeler"
    )
    if as_json:
        _print_json({"folder": str(made.folder), **made.report.to_json()})
        return
    click.echo(made.sentence())
    for warning in made.report.warnings:
        click.echo(f"  {warning}", err=True)


def _names(*given: Any) -> list[str] | None:
    """Return the names of an option, given as click hands them over: context, option, value."""
    value = given[-1]
    return [name.strip() for name in value.split(",") if name.strip()] if value else None


@main.command()
@click.argument("slug")
@click.option("--annotators", callback=_names, help="Only these, separated by commas.")
@click.option("--labels", callback=_names, help="Only these, separated by commas.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@with_app
def agreement(
    slug: str, annotators: list[str] | None, labels: list[str] | None, as_json: bool
) -> None:
    """Tell how far annotators agree in the articles they finished."""
    from labeler import curation

    found = curation.agreement_of(_project(slug), annotators=annotators, labels=labels).to_json()
    if as_json:
        _print_json(found)
        return
    people = ", ".join(found["annotators"])
    click.echo(f"{found['documents']} articles finished by two or more of: {people or 'nobody'}.")
    for title, score in (
        ("Entities, same place and label", found["entities"]["f1"]["strict"]),
        ("Entities, same place", found["entities"]["f1"]["boundary"]),
        ("Entities, overlapping, same label", found["entities"]["f1"]["type"]),
        ("Tokens, Krippendorff's alpha", found["entities"]["token_alpha"]),
        ("Relations, end to end", found["relations"]["f1"]),
        ("Relations between entities both have", found["relations"]["given_entities"]),
    ):
        click.echo(f"  {title:37} {_score(score)}")
    for warning in found["warnings"]:
        click.echo(f"  {warning}")


def _score(score: dict[str, Any]) -> str:
    """Return a score with its interval in words."""
    if score["value"] is None:
        return f"none ({str(score.get('reason', 'undefined')).replace('_', ' ')})"
    interval = ""
    if score["low"] is not None:
        interval = f" (95 % interval {score['low']:.2f} to {score['high']:.2f})"
    return f"{score['value']:.2f}{interval}"


# ---- care ------------------------------------------------------------------------------------


@main.command()
@with_app
def check() -> None:
    """Prove that what is stored is whole: logs, annotations, offsets, tokens."""
    from labeler import proof

    count = 0
    with _progress("Checking", "layers") as told:
        for problem in proof.check(told):
            click.echo(str(problem), err=True)
            count += 1
    if count:
        raise LabelerError(
            f"{count} things are wrong. Restore a backup, or ask for help with this list."
        )
    click.echo("All is well: every layer is the fold of its log, and keeps the rules.")
