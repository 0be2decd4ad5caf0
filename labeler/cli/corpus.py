"""Commands that bring articles in, propose, compare, and take the corpus out."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from labeler.cli.frame import (
    find_project,
    main,
    pipeline_option,
    print_json,
    print_report,
    progress,
    with_instance,
)


@main.command("import")
@click.argument("slug")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "importer", default="auto", show_default=True, help="How to read them.")
@click.option("--annotator", help="Whose layers the annotations are, where a file names nobody.")
@click.option("--add-labels", is_flag=True, help="Add the labels that the scheme lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_instance
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

    found = find_project(slug)
    with progress("Importing") as told:
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
        print_report(report.to_json())
    else:
        click.echo(report.sentence())
        for problem in report.problems:
            click.echo(f"  {problem}", err=True)
    if report.problems and not (report.documents or report.layers or report.unchanged):
        sys.exit(1)


@main.command()
@click.argument("slug")
@click.option("--suggester", help="Another suggester than the project's, from now on.")
@pipeline_option
@with_instance
def suggest(slug: str, suggester: str | None, pipeline: str | None) -> None:
    """Propose entities and relations for all documents not done yet."""
    from labeler import projects, transfer

    found = find_project(slug)
    if pipeline:
        suggester = suggester or "spacy"
    if suggester:
        options = dict(found.suggester_options) if found.suggester == suggester else {}
        options |= {"pipeline": pipeline} if pipeline else {}
        transfer.try_suggester(suggester, options, found.language, found.scheme)
        projects.use_suggester(found, suggester, options)
    with progress("Suggesting") as told:
        count = transfer.suggest(found, told)
    click.echo(f"Made suggestions for {count} document{'' if count == 1 else 's'}.")


@main.command()
@click.argument("slug")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Also copy the version to this folder."
)
@with_instance
def train(slug: str, out: Path | None) -> None:
    """Train a suggester on what has been labeled; it proposes from then on if it is the best."""
    from labeler import transfer

    with progress("Training", "steps") as told:
        made = transfer.train_version(find_project(slug), lambda _: told(1))
    if out is not None:
        shutil.copytree(made.folder, out, dirs_exist_ok=True)
    f1 = made.scores.get("f1")
    judged = "no document is held back yet" if f1 is None else f"F1 {f1:.2f} on documents held back"
    state = "It proposes from now on." if made.current else "An earlier version stays in use."
    click.echo(f"Trained version {made.number} on {made.documents} documents: {judged}. {state}")


@main.command()
@click.argument("slug")
@click.argument("suggester", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print all scores as JSON.")
@with_instance
def evaluate(slug: str, suggester: str | None, as_json: bool) -> None:
    """Compare what a suggester proposes with gold; without one, list what can be compared."""
    from labeler import transfer
    from labeler.jobs import Work
    from labeler.transfer.evaluation import candidates

    found = find_project(slug)
    if suggester is None:
        for key, title in candidates(found).items():
            click.echo(f"{key}\t{title}")
        return
    with progress("Comparing", "documents") as told:
        made = transfer.evaluate(found, suggester, Work(told))
    if as_json:
        print_json({"documents": made.documents, "version": made.version, **made.scores})
        return
    click.echo(f"{made.version}, {made.documents} documents:")
    rows = {"All entities": made.scores["f1"], "All relations": made.scores["relations"]["f1"]}
    rows |= {label: score["f"] for label, score in made.scores["by_label"].items()}
    for title, f1 in rows.items():
        click.echo(f"  {title:30} {'none' if f1 is None else f'F1 {f1:.2f}'}")


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
@click.option("--name", default="", help="A name: later exports leave this one as it is.")
@click.option(
    "--again",
    type=click.Path(exists=True, path_type=Path),
    help="Repeat the export of this folder or manifest.json; other options but --out are its own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_instance
def export(  # noqa: PLR0913, PLR0917 - one for each option
    slug: str,
    format_: str,
    out: Path | None,
    layer: str,
    split: tuple[int, ...],
    seed: int,
    name: str,
    again: Path | None,
    as_json: bool,
) -> None:
    """Take the corpus out, ready for training."""
    from labeler import transfer

    if again is not None:
        repeated = transfer.again(find_project(slug), again, out)
        click.echo(repeated.sentence())
        sys.exit(1 if repeated.differing else 0)
    made = transfer.export(
        find_project(slug),
        format_,
        layer=layer,
        split=split,
        seed=seed,
        name=name,
        folder=out,
        made_by="labeler",
    )
    if as_json:
        print_report({"folder": str(made.folder), **made.report.to_json()})
        return
    click.echo(made.sentence())
    for warning in made.report.warnings:
        click.echo(f"  {warning}", err=True)


@main.command()
@click.argument("slug")
@with_instance
def exports(slug: str) -> None:
    """List the last exports of a project: number, name, format, layers, when, and where."""
    from labeler import projects

    for row in projects.exports(find_project(slug)):
        layer, when = row.options.get("layer", ""), row.created.strftime("%Y-%m-%d %H:%M")
        click.echo("\t".join((str(row.id), row.name, row.format, layer, when, row.folder)))


@main.command()
@click.argument("slug")
@click.argument("first")
@click.argument("second")
@click.option("--json", "as_json", is_flag=True, help="Print every change as JSON.")
@with_instance
def compare(slug: str, first: str, second: str, as_json: bool) -> None:
    """Tell what changed from one export to another: each a number, a name or a folder."""
    from labeler import transfer

    project = find_project(slug)
    found = transfer.compare(project, transfer.find(project, first), transfer.find(project, second))
    if as_json:
        print_json(found.to_json())
        return
    click.echo(f"Documents: {len(found.added)} added, {len(found.removed)} removed.")
    for label, counts in found.by_label().items():
        told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        click.echo(f"  {label:30} {told}")
    if not found.changes:
        click.echo("Every annotation is the same.")


def _names(*given: Any) -> tuple[str, ...] | None:
    """Return the names of an option, given as click hands them over: context, option, value."""
    value = given[-1]
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else None


@main.command()
@click.argument("slug")
@click.option("--annotators", callback=_names, help="Only these, separated by commas.")
@click.option("--labels", callback=_names, help="Only these, separated by commas.")
@click.option("--training", is_flag=True, help="Count training documents too.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@with_instance
def agreement(
    slug: str,
    annotators: tuple[str, ...] | None,
    labels: tuple[str, ...] | None,
    training: bool,
    as_json: bool,
) -> None:
    """Tell how far annotators agree in the articles they finished.

    Articles on which newcomers are tested count with --training only.
    """
    from labeler import reliability

    project = find_project(slug)
    scope = reliability.scope_of(project, annotators, labels, training=training)
    found = reliability.overview(project, scope).report
    if as_json:
        print_json(found)
        return
    people = ", ".join(found["annotators"])
    click.echo(f"{found['documents']} articles finished by two or more of: {people or 'nobody'}.")
    if (tested := found["training"]["documents"]) and not training:
        click.echo(f"  Left out are {tested} training articles. Count them too with --training.")
    for title, score in _scores(found):
        click.echo(f"  {title:37} {_score(score)}")
    needed = found["entities"]["needed"]
    if found["entities"]["f1"]["strict"]["low"] is not None:
        told = ", ".join(f"±{width}: {more:,}" for width, more in needed.items())
        click.echo(f"  More shared articles until the first is sure to {told}.")
    for warning in found["warnings"]:
        click.echo(f"  {warning}")


def _scores(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the scores of a report that a line is printed of, each with its title."""
    entities, relations = found["entities"], found["relations"]
    yield "Entities, same place and label", entities["f1"]["strict"]
    yield "Entities, same place", entities["f1"]["boundary"]
    yield "Entities, overlapping, same label", entities["f1"]["type"]
    yield "Entities, overlapping", entities["f1"]["overlap"]
    yield "Entities, half for overlapping", entities["f1"]["partial"]
    yield "Same label, given the same place", entities["same_span"]["agreement"]
    yield "Same label, Cohen's kappa", entities["same_span"]["kappa"]
    yield "Tokens, Krippendorff's alpha", entities["token_alpha"]
    yield "Units, Krippendorff's alpha", entities["u_alpha"]
    yield "Relations, end to end", relations["f1"]
    yield "Relations between entities both have", relations["given_entities"]
    yield "Relations, label, Cohen's kappa", relations["same_pair"]["kappa"]
    yield "Relations, any link, Cohen's kappa", relations["candidates"]["kappa"]
    for choice in found["categories"]:
        yield f"{choice['group']}, Krippendorff's alpha", choice["alpha"]


def _score(score: dict[str, Any]) -> str:
    """Return a score with its interval in words."""
    if score["value"] is None:
        return f"none ({str(score.get('reason', 'undefined')).replace('_', ' ')})"
    interval = ""
    if score["low"] is not None:
        interval = f" (95 % interval {score['low']:.2f} to {score['high']:.2f})"
    return f"{score['value']:.2f}{interval}"


@main.command()
@click.argument("slug")
@click.option("--by", type=click.Choice(["vote", "competence"]), default="vote", show_default=True)
@click.option(
    "--threshold",
    type=click.FloatRange(0.5, 1, min_open=True),
    default=0.66,
    show_default=True,
    help="The share of annotators, or the likelihood, that a version needs.",
)
@click.option("--preview", is_flag=True, help="Count only, and change nothing.")
@click.option("--accept", is_flag=True, help="Accept the gold in which nothing is open then.")
@click.option("--undo", help="Take back what was settled under this key.")
@with_instance
def settle(
    slug: str, by: str, threshold: float, preview: bool, accept: bool, undo: str | None
) -> None:
    """Settle what needs no person, where annotators differ; the rest stays a question."""
    from labeler import accounts, settling
    from labeler.jobs import Work
    from labeler.models.database import now

    found, actor = find_project(slug), accounts.ensure_user("automatic")
    if undo:
        batch = settling.undo_batch(found, undo, actor, now())
        click.echo(f"{batch.documents} documents are as they were before.")
        for line in batch.refused:
            click.echo(f"  {line}", err=True)
        return
    with progress("Settling", "documents") as told:
        batch = settling.settle_all(
            found,
            actor,
            now(),
            by=by,
            threshold=threshold,
            preview=preview,
            accepting=accept,
            work=Work(told),
        )
    verb = "would be settled" if preview else "were settled"
    click.echo(
        f"{batch.questions} questions of {batch.documents} documents {verb}; "
        f"{batch.left} stay open."
    )
    if accept:
        verb = "would be accepted" if preview else "was accepted"
        click.echo(f"The gold of {batch.complete} documents {verb}.")
    if (batch.questions or (accept and batch.complete)) and not preview:
        click.echo(f"Take it back with: labeler settle {slug} --undo {batch.key}")
