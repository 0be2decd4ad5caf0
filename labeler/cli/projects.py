"""Commands that add and show projects."""

from pathlib import Path

import click

from labeler.cli.frame import find_project, main, pipeline_option, print_json, with_instance


@main.group()
def project() -> None:
    """Add, list and show projects."""


@project.command("add")
@click.argument("slug")
@click.option(
    "--scheme",
    "scheme_file",
    type=click.Path(path_type=Path),
    help="JSON, YAML or annotation.conf.",
)
@click.option("--title", help="Name for people.")
@click.option("--language", default="en", show_default=True, help="Language code of the articles.")
@pipeline_option
@with_instance
def project_add(
    slug: str, scheme_file: Path | None, title: str | None, language: str, pipeline: str | None
) -> None:
    """Add a project."""
    from labeler import projects, transfer
    from labeler.schema import Scheme

    scheme = projects.read_scheme(scheme_file) if scheme_file else Scheme()
    if pipeline:
        transfer.try_suggester("spacy", {"pipeline": pipeline}, language, scheme)
    projects.create(slug, title=title, language=language, scheme=scheme, pipeline=pipeline)
    click.echo(f"Added the project {slug}. Bring articles in with: labeler import {slug} PATH...")


@project.command("list")
@with_instance
def project_list() -> None:
    """List projects: slug and title."""
    from labeler.models import Project, db

    for found in db.session.query(Project).order_by(Project.slug):
        click.echo(f"{found.slug}\t{found.title}")


@project.command("show")
@click.argument("slug")
@with_instance
def project_show(slug: str) -> None:
    """Show a project: what it holds, and its scheme, as JSON."""
    from labeler import projects

    print_json(projects.describe(find_project(slug)))
