"""Articles to measure with: made from a seed, of a given size, the same in each run."""

import random
from collections.abc import Iterator
from typing import Any

from labeler import accounts, editing, schema
from labeler.models import Document, Project, db, transaction
from labeler.models.database import now
from labeler.models.documents import text_sha256

LABELS = ("PERSON", "ORG", "GPE", "DATE")
SCHEME = schema.parse_scheme(
    {
        "entities": [{"name": name} for name in LABELS],
        "relations": [{"name": "MET_WITH"}, {"name": "LEADER_OF"}],
    }
)
_TEXT = (
    "harbour council signed an accord on Monday after talks in Port Ellery with the mayor of Varn "
    "who said that ferries would run by June and cost less than before for all commuters"
)
_WORDS = _TEXT.split()


def articles(
    count: int, tokens: int = 350, entities: int = 30, relations: int = 10
) -> Iterator[dict[str, Any]]:
    """Yield articles as lines of our JSONL, each of `tokens` words and its annotations."""
    for number in range(count):
        yield _article(number, tokens, entities, relations)


def _article(number: int, tokens: int, entities: int, relations: int) -> dict[str, Any]:
    deal = random.Random(number)
    words = [deal.choice(_WORDS) for _ in range(tokens)]
    starts, place = [], 0
    for word in words:
        starts.append(place)
        place += len(word) + 1
    chosen = sorted(deal.sample(range(1, tokens), entities))
    spans = [
        {
            "id": f"e{index}",
            "start": starts[at],
            "end": starts[at] + len(words[at]),
            "label": LABELS[index % len(LABELS)],
        }
        for index, at in enumerate(chosen)
    ]
    links = [
        {"id": f"r{index}", "head": f"e{index}", "tail": f"e{index + 1}", "label": "MET_WITH"}
        for index in range(relations)
    ]
    return {
        "id": f"article-{number:06}",
        "text": " ".join(words),
        "meta": {"number": number},
        "annotator": "ana",
        "status": "done",
        "entities": spans,
        "relations": links,
    }


def project_with_articles(count: int, **sizes: int) -> Project:
    """Return a project in the current database with articles labeled by ana."""
    with transaction() as session:
        project = Project(slug="bench", title="Bench")
        session.add(project)
        project.scheme = SCHEME
    person = accounts.ensure_user("ana")
    accounts.add_member(project, person, "annotator")
    lines = list(articles(count, **sizes))
    with transaction() as session:
        documents = [
            Document(
                project_id=project.id,
                name=line["id"],
                text=line["text"],
                sha256=text_sha256(line["text"]),
                meta=line["meta"],
            )
            for line in lines
        ]
        session.add_all(documents)
        session.flush()
        news = [
            editing.NewLayer(project.id, document.id, person.id, layer_of(line))
            for document, line in zip(documents, lines, strict=True)
        ]
        editing.create(news, actor_id=person.id, now=now(), key="made")
    db.session.expunge_all()
    return project


def layer_of(line: dict[str, Any]) -> schema.Layer:
    """Return the annotations of an article as a layer."""
    return schema.Layer(
        annotator="ana",
        status="done",
        entities=tuple(schema.Entity(**entity) for entity in line["entities"]),
        relations=tuple(schema.Relation(**relation) for relation in line["relations"]),
    )
