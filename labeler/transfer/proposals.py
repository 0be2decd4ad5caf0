"""What is proposed for a document: the runs of suggesters and what was learned, put together."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from labeler import borders, lessons, schema
from labeler.models import Document, Project
from labeler.suggest import dictionary, ranking
from labeler.suggest.dictionary import ENTITY, Counts, Key, LookUp, Reading

Proposal = dict[str, Any]


def put_together(
    project: Project,
    document: Document,
    runs: Sequence[Sequence[Proposal]],
    labeled: Sequence[schema.Entity] = (),
) -> list[Proposal]:
    """Return the best proposal for each place, the others listed with it, as plain JSON values.

    Of the same proposal in two runs the first counts. Relations are proposed between proposed and
    `labeled` entities. Labels that the scheme no longer has are left out.
    """
    scheme = project.scheme
    entities, relations, categories = _parsed(scheme, runs)
    learned = lessons.count(project.id)
    if not learned:
        return _as_json(ranking.best(entities, scheme.overlap), relations, categories)
    [tokens] = borders.tokens([document])
    reading, look_up = Reading(document.text, tokens), _remembering(lessons.look_up(project.id))
    origin = {"suggester": "dictionary", "version": f"{learned} layers"}
    known = dictionary.proposals(reading, scheme, look_up, origin)
    words = {
        Key(ENTITY, reading.slice(*place)) for item in entities if (place := reading.range(item))
    }
    competing = [
        *ranking.weighed(entities, reading, look_up(words)),
        *(item for item in known if isinstance(item, schema.Entity)),
    ]
    chosen = ranking.best(competing, scheme.overlap)
    ends = [*labeled, *_unlabeled(chosen, labeled)]
    related = dictionary.relation_proposals(reading, ends, scheme, look_up, origin)
    return _as_json(chosen, [*related, *relations], categories, [item.id for item in labeled])


def _parsed(
    scheme: schema.Scheme, runs: Iterable[Iterable[Proposal]]
) -> tuple[list[schema.Entity], list[schema.Relation], list[schema.Category]]:
    """Return each proposal once, by kind, if its label is still in the scheme."""
    entities: dict[str, schema.Entity] = {}
    relations: dict[str, schema.Relation] = {}
    categories: dict[str, schema.Category] = {}
    for proposal in (proposal for proposals in runs for proposal in proposals):
        item = schema.trusted(proposal["id"], proposal)
        if isinstance(item, schema.Entity) and scheme.entity(item.label):
            entities.setdefault(item.id, item)
        elif isinstance(item, schema.Relation) and scheme.relation(item.label):
            relations.setdefault(item.id, item)
        elif isinstance(item, schema.Category) and scheme.category(item.label):
            categories.setdefault(item.id, item)
    return list(entities.values()), list(relations.values()), list(categories.values())


def _unlabeled(
    proposed: Iterable[schema.Entity], labeled: Iterable[schema.Entity]
) -> list[schema.Entity]:
    """Return the proposals that say something new."""
    said = {(item.start, item.end, item.label) for item in labeled}
    return [item for item in proposed if (item.start, item.end, item.label) not in said]


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
    labeled: Sequence[str] = (),
) -> list[Proposal]:
    ends = [*labeled, *(item.id for item in entities)]
    kept: list[schema.Suggestion] = [
        *entities,
        *ranking.best_relations(relations, ends),
        *categories,
    ]
    return [schema.annotation_json(item) or {} for item in kept]
