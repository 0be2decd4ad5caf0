"""One import under way: what of a portion fits the project, and the rows it becomes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler import accounts, audit, counters, editing, schema
from labeler.errors import Problem
from labeler.formats import Imported
from labeler.formats.layered import attributed
from labeler.models import Document, Layer, Membership, Project, User, insert_rows, transaction
from labeler.models.database import now
from labeler.models.documents import text_sha256
from labeler.models.words import title_words
from labeler.spool import Spool
from labeler.suggest import category_suggestion, entity_suggestion, relation_suggestion
from labeler.transfer.recognition import Recognition
from labeler.transfer.suggestions import IMPORTED, keep_imported

COUNTS = ("documents", "layers", "suggestions", "unchanged")
"""What a report counts, beside what was refused."""
_DOCUMENT = ("project_id", "name", "words", "text", "sha256", "meta", "created")


@dataclass
class ImportReport:
    """What came of an import; `unchanged` articles were there already, just so."""

    documents: int = 0
    layers: int = 0
    suggestions: int = 0
    unchanged: int = 0
    problems: Spool[Problem] = field(default_factory=Spool)

    def counts(self) -> dict[str, int]:
        """Return what was taken."""
        return {name: getattr(self, name) for name in COUNTS}

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values; its problems stay a spool."""
        return {**self.counts(), "problems": Spool(each.to_json() for each in self.problems)}

    def sentence(self) -> str:
        """Return what came of it, for people."""
        parts = [
            f"{self.documents} new articles",
            f"{self.layers} layers",
            f"{self.suggestions} suggestions",
            f"{self.unchanged} unchanged",
        ]
        refused = sum(problem.code not in ("ignored", "renamed") for problem in self.problems)
        return f"Imported {', '.join(parts)}; {refused} things were refused."


@dataclass
class Intake:
    """One import under way."""

    project: Project
    actor: User
    annotator: str | None
    add_labels: bool
    report: ImportReport
    unknown: dict[str, int] = field(default_factory=dict)
    """Labels that the scheme lacks, with how many articles were refused for them."""
    renamed: dict[str, int] = field(default_factory=dict)
    """Labels that are called otherwise by now, with in how many articles they came in."""
    moment: datetime = field(default_factory=now)
    taken: int = 0
    """Articles and problems met so far."""
    told: int = 0
    """Problems that an earlier attempt told of."""
    _fresh: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheme = self.project.scheme
        self._recognition = Recognition(self.project)
        scheme = self.scheme
        empty = not any((scheme.entities, scheme.relations, scheme.categories))
        self.add_labels = self.add_labels or empty

    def state(self) -> dict[str, Any]:
        """Return as plain JSON what another attempt needs to go on."""
        counts = {**self.report.counts(), "problems": len(self.report.problems) + self.told}
        names = ("taken", "add_labels", "unknown", "renamed")
        return {"counts": counts, **{name: getattr(self, name) for name in names}}

    def resume(self, state: dict[str, Any] | None) -> None:
        """Go on where an earlier attempt ended; what it told is not told again."""
        if state is None:
            return
        self.taken, self.add_labels = state["taken"], state["add_labels"]
        self.unknown, self.renamed = dict(state["unknown"]), dict(state.get("renamed", {}))
        for name in COUNTS:
            setattr(self.report, name, state["counts"][name])
        self.told = state["counts"]["problems"]

    def told_now(self) -> list[Problem]:
        """Return what was told of since this was asked last."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def take(self, portion: Sequence[Imported | Problem]) -> None:
        """Take one portion in one transaction."""
        self.taken += len(portion)
        articles = []
        for item in portion:
            if isinstance(item, Problem):
                self._tell(item)
            else:
                articles.append(self._attributed(item))
        with transaction() as session:
            session.expire(self.project)  # somebody may have changed the scheme meanwhile
            self.scheme = self.project.scheme
            articles = [self._renewed(article) for article in articles]
            fitting = [article for article in articles if self._fits(article)]
            fitting = self._recognition.recognise(session, fitting)
            documents = self._documents(session, fitting)
            self._layers(session, fitting, documents)
            self._suggestions(fitting, documents)

    def _attributed(self, article: Imported) -> Imported:
        """Return the article with what is in it as a layer, where an annotator was named."""
        is_work = article.looked_at or article.suggestions
        if self.annotator is None or article.layer is not None or not is_work:
            return article
        return attributed(article, self.annotator)

    def _renewed(self, article: Imported) -> Imported:
        """Return the article with labels by their present names; which had another is counted."""
        before = _annotations(article)
        items = [self.scheme.renewed(item) for item in before]
        if items == before:
            return article
        for change in {_renaming(*pair) for pair in zip(before, items, strict=True)} - {""}:
            self.renamed[change] = self.renamed.get(change, 0) + 1
        return _holding(article, items)

    # ---- rules -------------------------------------------------------------------------------

    def _fits(self, article: Imported) -> bool:
        """Tell whether the annotations keep the scheme's rules; say what does not."""
        items = _annotations(article)
        lacking = self._lacking(items)
        if lacking and not self.add_labels:
            for label in lacking:
                self.unknown[label] = self.unknown.get(label, 0) + 1
            return False
        if lacking:
            self._extend(items)
        by_id = {item.id: item for item in items}
        problems = schema.check(by_id, self.scheme, len(article.document.text))
        for problem in problems:
            self._refuse(article, f"{problem.path}: {problem.message}", problem.code)
        return not problems

    def _lacking(self, items: Iterable[schema.Annotation]) -> set[str]:
        labeled = (i for i in items if not isinstance(i, schema.Verdict | schema.Decision))
        used = {(type(item), item.label) for item in labeled}
        known = {
            schema.Entity: self.scheme.entity,
            schema.Relation: self.scheme.relation,
            schema.Category: self.scheme.category,
        }
        return {label for kind, label in used if known[kind](label) is None}

    def _extend(self, items: Iterable[schema.Annotation]) -> None:
        """Give the scheme the labels that these annotations need."""
        lacking = {type(item): dict[str, None]() for item in items}
        for item in items:
            if not isinstance(item, schema.Verdict | schema.Decision):
                lacking[type(item)][item.label] = None
        scheme = self.scheme
        entities = list(scheme.entities)
        for name in lacking.get(schema.Entity, ()):
            if scheme.entity(name) is None:
                color = schema.PALETTE[len(entities) % len(schema.PALETTE)]
                entities.append(schema.EntityLabel(name, color=color))
        relations = (
            schema.RelationLabel(name)
            for name in lacking.get(schema.Relation, ())
            if scheme.relation(name) is None
        )
        categories = (
            schema.CategoryLabel(name)
            for name in lacking.get(schema.Category, ())
            if scheme.category(name) is None
        )
        self.scheme = replace(
            scheme,
            entities=tuple(entities),
            relations=(*scheme.relations, *relations),
            categories=(*scheme.categories, *categories),
        )
        self.project.scheme = self.scheme

    def tell_of_labels(self) -> None:
        """Say once which labels the scheme lacks, and which it calls otherwise by now."""
        for change, articles in sorted(self.renamed.items()):
            message = f"{change}: in {articles} articles, which came in under that."
            self._tell(Problem(message, code="renamed"))
        for label, articles in sorted(self.unknown.items()):
            message = (
                f"The scheme has no label {label!r}: {articles} articles with it were refused. "
                "Add it to the scheme, or import again and let missing labels be added."
            )
            self._tell(Problem(message, code="label"))

    def record(self) -> None:
        """Record who brought what in, where something came of it."""
        counts = {**self.report.counts(), "problems": len(self.report.problems)}
        if self.report.documents or self.report.layers or self.report.suggestions:
            audit.record("corpus.import", project=self.project, actor=self.actor, details=counts)

    def _refuse(self, article: Imported, message: str, code: str) -> None:
        self._tell(Problem(message, file=article.file, line=article.line, code=code))

    def _tell(self, problem: Problem) -> None:
        self.report.problems.append(problem)
        self._fresh.append(problem)

    # ---- rows --------------------------------------------------------------------------------

    def _documents(self, session: Session, articles: list[Imported]) -> dict[str, int]:
        """Insert the documents that are new; return the ids of all by name.

        An article whose name is known with another text is refused, and leaves the list.
        """
        names = {article.document.id for article in articles}
        known = self._known(session, names)
        new: dict[str, tuple[schema.Document, str]] = {}
        for article in list(articles):
            name, sha = article.document.id, text_sha256(article.document.text)
            expected = known[name][1] if name in known else new.get(name, ("", sha))[1]
            if expected != sha:
                self._refuse(article, f"Another text is known under the id {name!r}.", "duplicate")
                articles.remove(article)
            elif name not in known and name not in new:
                new[name] = (article.document, sha)
            elif name in known and article.layer is None and not article.suggestions:
                self.report.unchanged += 1
            elif article.layer is None and not article.suggestions:
                self._refuse(article, f"The id {name!r} stands here twice.", "duplicate")
        self.report.documents += len(new)
        insert_rows(session, Document, _DOCUMENT, [self._row(*row) for row in new.values()])
        made = self._known(session, set(new))
        return {name: key for name, (key, _) in (known | made).items()}

    def _known(self, session: Session, names: set[str]) -> dict[str, tuple[int, str]]:
        """Return id and checksum of the documents of these names that there are."""
        columns = (Document.name, Document.id, Document.sha256)
        found = select(*columns).where(
            Document.project_id == self.project.id, Document.name.in_(names)
        )
        return {name: (key, sha) for name, key, sha in session.execute(found)}

    def _row(self, document: schema.Document, sha: str) -> tuple[Any, ...]:
        values = (document.id, title_words(document.meta), document.text, sha, document.meta)
        return (self.project.id, *values, self.moment)

    def _layers(
        self, session: Session, articles: Sequence[Imported], documents: dict[str, int]
    ) -> None:
        carrying = [article for article in articles if article.layer is not None]
        people = self._people(session, {a.layer.annotator for a in carrying if a.layer})
        there = _existing(session, {documents[a.document.id] for a in carrying})
        news: dict[tuple[int, int], editing.NewLayer] = {}
        for article in carrying:
            layer = article.layer
            assert layer is not None
            place = (documents[article.document.id], people[layer.annotator])
            if place in news:
                self._refuse(article, f"{layer.annotator} has this article twice.", "duplicate")
            elif place in there:
                self._compare(article, there[place])
            else:
                news[place] = editing.NewLayer(self.project.id, *place, layer)
        made = list(news.values())
        keys = editing.create(
            made, actor_id=self.actor.id, now=self.moment, key=_edit_key(self.moment)
        )
        counters.count_imported(
            session,
            [
                (new.project_id, new.annotator_id, key, new.layer)
                for key, new in zip(keys, made, strict=True)
            ],
        )
        self.report.layers += len(news)

    def _compare(self, article: Imported, there: Layer) -> None:
        """Count a layer that is there just so as unchanged; refuse one that differs."""
        [record] = editing.load([there])
        assert article.layer is not None
        if _content(record) == _content(article.layer):
            self.report.unchanged += 1
        else:
            name = record.annotator
            message = f"{name} has labeled {article.document.id!r} otherwise here; that was kept."
            self._refuse(article, message, "conflict")

    def _people(self, session: Session, names: set[str]) -> dict[str, int]:
        """Return people's ids by name; nobody known becomes an annotator of the project."""
        people = {}
        for name in sorted(names):
            user = accounts.ensure_user(name)
            people[name] = user.id
            if session.get(Membership, (self.project.id, user.id)) is None:
                accounts.add_member(self.project, user, "annotator")
        return people

    def _suggestions(self, articles: Sequence[Imported], documents: dict[str, int]) -> None:
        by_file: dict[str, list[tuple[int, Sequence[schema.Suggestion]]]] = {}
        for article in articles:
            if article.suggestions:
                rows = by_file.setdefault(article.file, [])
                rows.append((documents[article.document.id], _named_by_content(article)))
                self.report.suggestions += len(article.suggestions)
        for file, rows in by_file.items():
            keep_imported(self.project, file, rows)


def _edit_key(moment: datetime) -> str:
    return f"import-{moment.strftime('%Y%m%dT%H%M%S%f')}"


def _renaming(before: schema.Annotation, after: schema.Annotation) -> str:
    """Return in words what a label is called by now; nothing where it is called the same."""
    if before == after or isinstance(before, schema.Verdict | schema.Decision):
        return ""
    return f"{before.label} is called {after.label} by now"  # type: ignore[union-attr]


def _holding(article: Imported, items: Sequence[schema.Annotation]) -> Imported:
    """Return an article with other annotations in its layer, or as its suggestions."""
    kinds = {
        name: tuple(item for item in items if isinstance(item, kind))
        for name, kind in (
            ("entities", schema.Entity),
            ("relations", schema.Relation),
            ("categories", schema.Category),
        )
    }
    if article.layer is not None:
        return replace(article, layer=replace(article.layer, **kinds))  # type: ignore[arg-type]
    return replace(article, suggestions=tuple(item for each in kinds.values() for item in each))


def _annotations(article: Imported) -> list[schema.Annotation]:
    if article.layer is None:
        return list(article.suggestions)
    return list(article.layer.annotations())


def _existing(session: Session, documents: set[int]) -> dict[tuple[int, int], Layer]:
    wanted = select(Layer).where(Layer.document_id.in_(documents), ~Layer.gold)
    return {(layer.document_id, layer.annotator_id): layer for layer in session.scalars(wanted)}


def _content(layer: schema.Layer) -> tuple[object, ...]:
    """Return what makes two layers the same, whatever their revisions and order."""
    items = sorted(
        (schema.annotation_json(item) or {} for item in layer.annotations()),
        key=lambda item: str(item["id"]),
    )
    return (layer.status, layer.read_to, items)


def _told(origin: dict[str, Any] | None, file: dict[str, Any]) -> dict[str, Any]:
    """Return who proposes: the file, unless it names another; a guessed label names nobody."""
    return origin if origin and "suggester" in origin else file | (origin or {})


def _named_by_content(article: Imported) -> list[schema.Suggestion]:
    """Return the suggestions of an article with ids made from their content.

    The same proposal then has the same id whoever makes it, and a verdict on it lasts.
    """
    origin = {"suggester": IMPORTED, "version": article.file}
    ends, named = dict[str, schema.Entity](), dict[str, schema.Suggestion]()
    for entity in article.suggestions:
        if isinstance(entity, schema.Entity):
            place = (entity.start, entity.end, entity.label)
            made = entity_suggestion(*place, _told(entity.origin, origin), entity.parts)
            made = replace(made, attributes=entity.attributes)
            ends[entity.id] = named[made.id] = made
    for relation in article.suggestions:
        if isinstance(relation, schema.Relation):
            head, tail = ends[relation.head], ends[relation.tail]
            link = relation_suggestion(head, tail, relation.label, _told(relation.origin, origin))
            named[link.id] = replace(link, attributes=relation.attributes)
    for category in article.suggestions:
        if isinstance(category, schema.Category):
            proposed = category_suggestion(category.label, _told(category.origin, origin))
            named[proposed.id] = proposed
    return list(named.values())
