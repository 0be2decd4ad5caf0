"""Suggestions for documents: made when first needed, then kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Select, delete, exists, func, select

from labeler import jobs, schema
from labeler.borders import spacy_lock
from labeler.errors import LabelerError
from labeler.jobs import Work
from labeler.models import (
    Document,
    Job,
    Project,
    SuggesterRun,
    Suggestion,
    TrainedModel,
    db,
    insert_rows,
    transaction,
)
from labeler.models.database import now, rows_changed
from labeler.suggest import suggesters
from labeler.suggest.patterns import PatternSuggester
from labeler.suggest.trained import TrainedSuggester
from labeler.transfer import patterns, usefulness
from labeler.transfer.proposals import put_together
from labeler.transfer.sources import Source, sources

IMPORTED = "import"
"""The suggester named for proposals that came in with a file."""
_PAGE = 256
"""Documents read, proposed for and written at a time, at most."""
_LENGTH = 400_000
"""Code points after which a page of documents ends: any of them may be long."""
_PART = 256
"""Documents that one worker takes at a time; between pages it lets quicker jobs go first."""

# ---- suggestions -----------------------------------------------------------------------------


def _run_options(project: Project, source: Source) -> dict[str, Any]:
    """Return what a run depends on beside its version: options, and the labels there are."""
    scheme = project.scheme
    return {
        "options": source.options,
        "entities": sorted(label.name for label in scheme.entities),
        "relations": sorted(label.name for label in scheme.relations),
    }


def _runs(project: Project, proposing: Sequence[Source]) -> list[SuggesterRun]:
    """Return the runs whose proposals hold: those imported, and those made as things are now."""
    known = select(SuggesterRun).where(SuggesterRun.project_id == project.id)
    options = {source.name: _run_options(project, source) for source in proposing}
    scheme = project.scheme
    return [
        run
        for run in db.session.scalars(known.order_by(SuggesterRun.id.desc()))
        if run.suggester == IMPORTED
        or options.get(run.suggester) == _by_present(scheme, run.options)
    ]


def _by_present(scheme: schema.Scheme, options: dict[str, Any]) -> dict[str, Any]:
    """Return what a run depended on with its labels by their present names: they name the same."""
    kinds: tuple[schema.Kind, ...] = ("entities", "relations")
    names = {k: sorted({scheme.current(k, name) for name in options.get(k, ())}) for k in kinds}
    return options | dict(names)


def _current_run(project: Project, source: Source) -> SuggesterRun:
    """Return the run of a suggester as it is now, made when there is none."""
    version = source.load(project.language).version
    for run in _runs(project, [source]):
        if run.suggester == source.name and run.version == version:
            return run
    with transaction() as session:
        run = SuggesterRun(
            project_id=project.id,
            suggester=source.name,
            version=version,
            options=_run_options(project, source),
        )
        session.add(run)
    return run


def suggestions(
    project: Project,
    document: Document,
    held: schema.Layer | None = None,
    *,
    build: bool = True,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the proposals for a document as plain JSON values, made now when there are none.

    `held` is what the person who asks has labeled there: what that answers is left out, and with
    `build` it is built upon, see `put_together`.
    Where a suggester cannot be run, the sentence that says why comes second: a document opens all
    the same.
    """
    proposing = sources(project)
    kept, problems = made(project, document, proposing)
    runs = [proposals for _, proposals in _unheard(proposing, kept)]
    found = put_together(project, document, runs, held, trained(project, proposing), build=build)
    return found, " ".join(problems) or None


def made(
    project: Project, document: Document, proposing: Sequence[Source]
) -> tuple[list[tuple[SuggesterRun, list[dict[str, Any]]]], list[str]]:
    """Return what each run proposes for a document, and why some suggesters could not be run.

    Those imported come first, then the newest; what is lacking is made now, and kept.
    """
    kept = _kept(project, proposing, document)
    problems = []
    for source in proposing:
        if any(run.suggester == source.name for run, _ in kept):
            continue
        try:
            run = _current_run(project, source)
            found = [_as_json(proposals) for proposals in _propose(project, source, [document])]
        except LabelerError as error:
            problems.append(error.message)
        else:
            _keep(run, [document], found)
            kept.append((run, found[0]))
    return kept, problems


def trained(project: Project, proposing: Sequence[Source]) -> TrainedSuggester | None:
    """Return the version trained here that proposes, if there is one."""
    loaded = (source.load(project.language) for source in proposing if source.name == "trained")
    return next((each for each in loaded if isinstance(each, TrainedSuggester)), None)


def _kept(
    project: Project, proposing: Sequence[Source], document: Document
) -> list[tuple[SuggesterRun, list[dict[str, Any]]]]:
    runs = {run.id: run for run in _runs(project, proposing)}
    found = db.session.scalars(
        select(Suggestion).where(Suggestion.document_id == document.id, Suggestion.run_id.in_(runs))
    )
    ordered = sorted(found, key=lambda row: (runs[row.run_id].suggester != IMPORTED, -row.run_id))
    return [(runs[row.run_id], row.proposals) for row in ordered]


def _unheard(
    proposing: Sequence[Source], kept: Sequence[tuple[SuggesterRun, list[dict[str, Any]]]]
) -> list[tuple[SuggesterRun, list[dict[str, Any]]]]:
    """Leave out the entities of a suggester that another has heard and weighed."""
    there = {run.suggester for run, _ in kept}
    heard = {source.hears for source in proposing if source.name in there}
    return [
        (run, [each for each in made if run.suggester not in heard or "start" not in each])
        for run, made in kept
    ]


def _propose(
    project: Project, source: Source, documents: Sequence[Document]
) -> Iterator[list[schema.Suggestion]]:
    with spacy_lock:
        texts = [document.text for document in documents]
        yield from source.load(project.language).suggest(texts, project.scheme)


def _as_json(proposals: Sequence[schema.Suggestion]) -> list[dict[str, Any]]:
    return [schema.annotation_json(proposal) or {} for proposal in proposals]


def _keep(
    run: SuggesterRun, documents: Sequence[Document], proposals: Sequence[Sequence[dict[str, Any]]]
) -> None:
    """Keep what a run proposes for documents; where another window was faster, that stays."""
    keys = [document.id for document in documents]
    with transaction() as session:
        kept = select(Suggestion.document_id).where(
            Suggestion.run_id == run.id, Suggestion.document_id.in_(keys)
        )
        there = set(session.scalars(kept))
        rows = [
            (key, run.id, made)
            for key, made in zip(keys, proposals, strict=True)
            if key not in there
        ]
        insert_rows(session, Suggestion, ("document_id", "run_id", "proposals"), rows)


def suggest(project: Project, progress: Callable[[int], None] = lambda _: None) -> int:
    """Propose for every document that lacks proposals, and return how many those were.

    `progress` is told of each portion's size. Raises Unavailable when the suggester cannot run.
    """
    return max(_suggest(project, source, Work(progress), 0, None) for source in sources(project))


def _suggest(project: Project, source: Source, work: Work, after: int, until: int | None) -> int:
    """Propose for the documents whose ids lie between, in chunks; return their number."""
    run = _current_run(project, source)
    done, surest = 0, source == sources(project)[-1]
    while page := _without(project, run, after, until):
        made = [_as_json(proposals) for proposals in _propose(project, source, page)]
        after = page[-1].id
        # Each document has one place: the best suggester says which. Nobody waits while it does.
        places = usefulness.scores(page, made) if surest else None
        with work.chunk() as chunk:
            _keep(run, page, made)
            if places is not None:
                usefulness.place(project.id, places)
            chunk.done, chunk.cursor = len(page), {"after": after}
        work.give_way()
        done += len(page)
        db.session.expunge_all()  # a corpus must not pile up in memory
        project, run = (
            db.session.get_one(Project, project.id),
            db.session.get_one(SuggesterRun, run.id),
        )
    return done


def _without(project: Project, run: SuggesterRun, after: int, until: int | None) -> list[Document]:
    """Return the next documents that the run has proposed nothing for."""
    lacking = _lacking(project, run, after).order_by(Document.id).limit(_PAGE)
    if until is not None:
        lacking = lacking.where(Document.id <= until)
    with closing(db.session.scalars(lacking, execution_options={"yield_per": 16})) as found:
        return list(_up_to(_LENGTH, found))


def _up_to(length: int, documents: Iterable[Document]) -> Iterator[Document]:
    """Yield documents until they have so many code points: at least one."""
    for document in documents:
        yield document
        length -= len(document.text)
        if length <= 0:
            return


def _lacking(project: Project, run: SuggesterRun, after: int = 0) -> Select[Document]:
    proposed = exists().where(Suggestion.document_id == Document.id, Suggestion.run_id == run.id)
    return select(Document).where(Document.project_id == project.id, Document.id > after, ~proposed)


# ---- in the background -----------------------------------------------------------------------


def queue_suggestions(project: Project, created_by: int | None = None) -> Job:
    """Queue proposals for every document that lacks them, once however often it is asked for."""
    return jobs.enqueue(
        "suggest",
        f"Suggestions by {suggesters[project.suggester].title}",
        project_id=project.id,
        key=f"suggest {project.id}",
        created_by=created_by,
    )


def prune(project: Project) -> int:
    """Remove what earlier versions proposed, of patterns and of models trained here.

    Of models the current one and the one before it stay. Returns how many runs went. What was
    accepted keeps its origin with the annotation.
    """
    trained = select(TrainedModel).where(TrainedModel.project_id == project.id)
    numbers = [(one.number, one.current) for one in db.session.scalars(trained)]
    current = max((number for number, used in numbers if used), default=0)
    before = max((number for number, _ in numbers if number < current), default=0)
    kept = {f"model {number}" for number in (current, before)}
    written = patterns.in_force(project) or {}
    kept.add(f"patterns {written.get('number', 0)}")
    old = select(SuggesterRun.id).where(
        SuggesterRun.project_id == project.id,
        SuggesterRun.suggester.in_((TrainedSuggester.name, PatternSuggester.name)),
        SuggesterRun.version.not_in(kept),
    )
    keys = list(db.session.scalars(old))
    for key in keys:
        _remove_run(key)
    return len(keys)


def _remove_run(key: int) -> None:
    """Remove a run with all that it proposed, a part at a time: others write meanwhile."""
    some = select(Suggestion.document_id).where(Suggestion.run_id == key).limit(_REMOVED)
    part = delete(Suggestion).where(Suggestion.run_id == key, Suggestion.document_id.in_(some))
    left = True
    while left:
        with transaction() as session:
            left = rows_changed(session, part) == _REMOVED
    with transaction() as session:
        session.execute(delete(Suggestion).where(Suggestion.run_id == key))
        session.execute(delete(SuggesterRun).where(SuggesterRun.id == key))


_REMOVED = 1000
"""Documents whose proposals are removed in one transaction."""


@jobs.kind("suggest", pace="idle")
def _suggest_part(work: jobs.JobWork) -> None:
    """Cut the corpus into parts that workers share; then propose for the documents of a part."""
    project = db.session.get_one(Project, work.claim.project_id)
    if "until" not in work.parameters:
        _share(project, work)
    else:
        after = (work.cursor or work.parameters)["after"]
        for source in sources(project):
            if source.name == work.parameters["suggester"]:
                _suggest(project, source, work, after, work.parameters["until"])


def _share(project: Project, work: jobs.JobWork) -> None:
    if work.cursor is not None:
        return
    prune(project)
    parts, total = [], 0
    for source in sources(project):
        cut = _cut(_lacking(project, _current_run(project, source)))
        total += sum(count for _, _, count in cut)
        named = {"suggester": source.name}
        parts += [{**named, "after": first - 1, "until": last} for first, last, _ in cut]
    with work.chunk() as chunk:
        work.expect(total)
        work.split(chunk, parts)
        chunk.cursor = {"parts": len(parts)}


def _cut(lacking: Select[Document]) -> list[tuple[int, int, int]]:
    """Return the first and the last id of each part of documents, and how many they are."""
    number = (func.row_number().over(order_by=Document.id) - 1) // _PART
    counted = lacking.with_only_columns(Document.id, number.label("part")).subquery()
    ends = select(func.min(counted.c.id), func.max(counted.c.id), func.count())
    in_order = ends.group_by(counted.c.part).order_by(counted.c.part)
    return [(row[0], row[1], row[2]) for row in db.session.execute(in_order)]


def keep_imported(
    project: Project, file: str, rows: Sequence[tuple[int, Sequence[schema.Suggestion]]]
) -> None:
    """Keep proposals that came in with a file, by document id; those of the file before go."""
    with transaction() as session:
        known = select(SuggesterRun).where(
            SuggesterRun.project_id == project.id,
            SuggesterRun.suggester == IMPORTED,
            SuggesterRun.version == file,
        )
        run = session.scalar(known)
        if run is None:
            run = SuggesterRun(
                project_id=project.id, suggester=IMPORTED, version=file, options={}, created=now()
            )
            session.add(run)
            session.flush()
        for document_id, proposals in rows:
            session.merge(
                Suggestion(document_id=document_id, run_id=run.id, proposals=_as_json(proposals))
            )
