"""The likeliest label of a span, or of a relation, in a document as one person has labeled it."""

from labeler import borders, lessons
from labeler.models import Document, Project
from labeler.schema import Entity, Layer, Relation
from labeler.suggest.likely import Guess, Surroundings
from labeler.suggest.reading import Reading
from labeler.transfer import suggestions
from labeler.transfer.proposals import parsed, renewed
from labeler.transfer.sources import sources


def likely_entity(
    project: Project, document: Document, held: Layer, start: int, end: int
) -> Guess | None:
    """Return the likeliest label of a span in code points, None where nothing is sure enough."""
    return _surroundings(project, document, held).entity(start, end)


def likely_relation(
    project: Project, document: Document, held: Layer, head: Entity, tail: Entity
) -> Guess | None:
    """Return the likeliest label of a relation between two entities, None where nothing is sure.

    The entities are known by their places and labels.
    """
    return _surroundings(project, document, held).relation(head, tail)


def _surroundings(project: Project, document: Document, held: Layer) -> Surroundings:
    """Return what is known of a document: the layer `held`, what is proposed, what was learned."""
    scheme = project.scheme
    proposing = sources(project)
    kept, _ = suggestions.made(project, document, proposing)
    [tokens] = borders.tokens([document])
    proposed: dict[str, list[Entity]] = {}
    links: list[Relation] = []
    for run, proposals in kept:  # the newest of each suggester first
        if run.suggester not in proposed:
            proposed[run.suggester], related, _ = parsed(scheme, [proposals])
            links += related
    annotations = [scheme.renewed(item) for item in held.annotations()]
    return Surroundings(
        reading=Reading(document.text, tokens),
        scheme=scheme,
        labeled=[item for item in annotations if isinstance(item, Entity)],
        related=[item for item in annotations if isinstance(item, Relation)],
        proposed=proposed,
        links=links,
        look_up=renewed(scheme, lessons.look_up(project.id)),
        trained=suggestions.trained(project, proposing),
    )
