"""What is proposed for a document: the runs of suggesters and what was learned, put together."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from labeler import borders, lessons, schema
from labeler.models import Document, Project
from labeler.suggest import LEARNED, dictionary, habits, ranking, repeats
from labeler.suggest.reading import ENTITY, Counts, Key, LookUp, Reading
from labeler.suggest.trained import TrainedSuggester

Proposal = dict[str, Any]


def put_together(
    project: Project,
    document: Document,
    runs: Sequence[Sequence[Proposal]],
    held: schema.Layer | None = None,
    trained: TrainedSuggester | None = None,
    *,
    build: bool = True,
) -> list[Proposal]:
    """Return the best proposal for each place, the others listed with it, as plain JSON values.

    Of the same proposal in two runs the first counts. What the person's layer `held` says already
    is not proposed again, nor what that answers otherwise; with `build` it teaches what the same
    words are elsewhere in the document, and relations are proposed between its entities too; the
    version `trained` here knows more of both. Labels that the scheme no longer has, or that are
    retired, are left out; those it has under another name by now have that one.
    """
    scheme = project.scheme
    entities, relations, categories = parsed(scheme, runs)
    labeled = [item for item in held.entities if scheme.entity(item.label)] if held else []
    learned = lessons.count(project.id)
    rejected = [verdict.id for verdict in held.verdicts] if held else []
    entities = _without_rejected(scheme, entities, rejected)
    said = {item.id for item in labeled}
    bound = _bound(entities, relations, labeled)
    if not learned and not ((labeled or rejected) and build):
        fresh = ranking.beside(entities, labeled, scheme.overlap)
        best = ranking.best(fresh, scheme.overlap)
        return _as_json([*best, *bound], relations, categories, said)
    [tokens] = borders.tokens([document])
    reading = Reading(document.text, tokens)
    look_up = _remembering(renewed(scheme, lessons.look_up(project.id))) if learned else _nothing
    origin = {"suggester": "dictionary", "version": _version(learned)}
    placed = _as_usual(reading, entities, labeled if build else (), look_up)
    competing = _experienced(reading, scheme, placed, look_up, origin)
    competing += repeats.abbreviations(reading, [*labeled, *competing])
    if build:
        label = trained.labels_again(scheme) if trained else None
        again = repeats.occurrences(reading, labeled, label)
        competing = repeats.unopposed(reading, [*competing, *again], labeled, rejected, again)
    chosen = ranking.best(ranking.beside(competing, labeled, scheme.overlap), scheme.overlap)
    given = labeled if build else []
    ends = [*given, *(item for item in chosen if item.id not in said)]
    related = dictionary.relation_proposals(reading, ends, scheme, look_up, origin)
    others = trained.relations(reading, ends, scheme) if trained else []
    return _as_json([*chosen, *bound], [*related, *others, *relations], categories, said)


def _version(learned: int) -> str:
    return f"{learned}{'+' if learned == lessons.MOST_COUNTED else ''} layers"


def _bound(
    entities: Iterable[schema.Entity],
    relations: Iterable[schema.Relation],
    labeled: Iterable[schema.Entity],
) -> list[schema.Entity]:
    """Return the ends of relations that somebody labeled just so: what stands for them is known."""
    ends = {end for relation in relations for end in (relation.head, relation.tail)}
    if not ends:
        return []
    said = {(item.start, item.end, item.label): item.id for item in labeled}
    places = [(item, said.get((item.start, item.end, item.label))) for item in entities]
    return [item for item, by in places if item.id in ends and by not in (None, item.id)]


def _as_usual(
    reading: Reading,
    entities: Sequence[schema.Entity],
    labeled: Iterable[schema.Entity],
    look_up: LookUp,
) -> list[schema.Entity]:
    """Return proposals that begin and end as people have it; what was learned here does already."""
    learned = [(item.origin or {}).get("suggester") in LEARNED for item in entities]
    others = [item for item, own in zip(entities, learned, strict=True) if not own]
    ours = [item for item, own in zip(entities, learned, strict=True) if own]
    return [*ours, *habits.moved(reading, others, labeled, look_up)]


def _experienced(
    reading: Reading,
    scheme: schema.Scheme,
    entities: Sequence[schema.Entity],
    look_up: LookUp,
    origin: dict[str, Any],
) -> list[schema.Entity]:
    """Return proposals weighed by what people labeled before, and what they labeled itself."""
    words = {
        Key(ENTITY, reading.slice(*place)) for item in entities if (place := reading.range(item))
    }
    known = dictionary.proposals(reading, scheme, look_up, origin)
    return [
        *ranking.weighed(entities, reading, look_up(words) if words else {}),
        *(item for item in known if isinstance(item, schema.Entity)),
    ]


def _nothing(_: Collection[Key]) -> Counts:
    return {}


def parsed(
    scheme: schema.Scheme, runs: Iterable[Iterable[Proposal]]
) -> tuple[list[schema.Entity], list[schema.Relation], list[schema.Category]]:
    """Return each proposal once, by kind, if its label is still in the scheme."""
    entities: dict[str, schema.Entity] = {}
    relations: dict[str, schema.Relation] = {}
    categories: dict[str, schema.Category] = {}
    for proposal in (proposal for proposals in runs for proposal in proposals):
        trusted = schema.trusted(proposal["id"], proposal)
        item = trusted and scheme.renewed(trusted)
        if isinstance(item, schema.Entity) and scheme.offered("entities", item.label):
            entities.setdefault(item.id, item)
        elif isinstance(item, schema.Relation) and scheme.offered("relations", item.label):
            relations.setdefault(item.id, item)
        elif isinstance(item, schema.Category) and scheme.offered("categories", item.label):
            categories.setdefault(item.id, item)
    return list(entities.values()), list(relations.values()), list(categories.values())


def _without_rejected(
    scheme: schema.Scheme, entities: Sequence[schema.Entity], rejected: Sequence[str]
) -> list[schema.Entity]:
    """Leave out what was rejected under a name that its label had formerly."""
    if not scheme.former("entities"):
        return list(entities)
    known = {_present(scheme, name) for name in rejected}
    return [e for e in entities if e.id in rejected or _present(scheme, e.id) not in known]


def _present(scheme: schema.Scheme, name: str) -> str:
    """Return the id that a proposed entity has by the present name of its label."""
    place, colon, label = name.rpartition(":")
    return f"{place}{colon}{scheme.current('entities', label)}"


def renewed(scheme: schema.Scheme, look_up: LookUp) -> LookUp:
    """Count outcomes by the present names of their labels, until they are learned by these."""
    if not (scheme.former("entities") or scheme.former("relations")):
        return look_up

    def name(outcome: str) -> str:
        if outcome.endswith(("<", ">")):
            return scheme.current("relations", outcome[:-1]) + outcome[-1]
        return scheme.current("entities", outcome)

    def counts(keys: Collection[Key]) -> Counts:
        found: dict[Key, dict[str, int]] = {}
        for key, outcomes in look_up(keys).items():
            held = found.setdefault(key, {})
            for outcome, count in outcomes.items():
                held[name(outcome)] = held.get(name(outcome), 0) + count
        return found

    return counts


def _remembering(look_up: LookUp) -> LookUp:
    """Ask for each key once."""
    known: dict[Key, Any] = {}

    def counts(keys: Collection[Key]) -> Counts:
        new = {key for key in keys if key not in known}
        known.update(dict.fromkeys(new, None))
        known.update(look_up(new) if new else {})
        return {key: known[key] for key in keys if known[key] is not None}

    return counts


def _as_json(
    entities: Sequence[schema.Entity],
    relations: Sequence[schema.Relation],
    categories: Sequence[schema.Category],
    labeled: Collection[str] = (),
) -> list[Proposal]:
    ends = [*labeled, *(item.id for item in entities)]
    kept: list[schema.Suggestion] = [
        *entities,
        *ranking.best_relations(relations, ends),
        *categories,
    ]
    return [schema.annotation_json(item) or {} for item in kept]
