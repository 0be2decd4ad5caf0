"""Projects in which three people labeled the same documents, and differ in every way."""

import random
from itertools import pairwise

from labeler import editing
from labeler.models import Project
from labeler.schema import Entity, Layer, Relation
from tests.conftest import NOW, Corpus

PEOPLE = ("ana", "ben", "cid")


def drawn_project(corpus: Corpus, documents: int = 12, seed: int = 0) -> Project:
    """Return a project in which three people finished most documents, and differ in every way."""
    project = corpus.project(**dict.fromkeys(PEOPLE, "annotator"), cy="curator")
    deal = random.Random(seed)
    for at in range(documents):
        document = corpus.document(project, "Ada met Bob in Rome. " * 6, f"d{at}")
        people = PEOPLE if at % 4 else deal.sample(PEOPLE, 2)
        news = [
            editing.NewLayer(
                project.id, document.id, corpus.person(name).id, drawn_layer(name, deal)
            )
            for name in people
        ]
        editing.create(news, actor_id=corpus.person("ana").id, now=NOW, key="made")
    return project


def drawn_layer(name: str, deal: random.Random) -> Layer:
    """Return a layer whose entities start at any of a few places, linked at random."""
    entities = []
    for place in range(0, 120, 21):
        for start, end, label in ((0, 3, "PERSON"), (8, 11, "PERSON"), (15, 19, "GPE")):
            chance = deal.random()
            if chance < 0.15:
                continue
            other = deal.choice(("PERSON", "ORG", "GPE", "DATE")) if chance < 0.3 else label
            longer = 2 if chance > 0.9 else 0
            entities.append(
                Entity(f"e{place}-{start}", place + start, place + end + longer, other,
                       {"suggester": "rulers"} if chance > 0.5 else None)
            )  # fmt: skip
    links = []
    for at, ends in enumerate(pairwise(entity.id for entity in entities)):
        chance = deal.random()
        head, tail = ends[::-1] if 0.6 < chance < 0.8 else ends
        label = "LEADER_OF" if at % 2 and chance < 0.9 else "MET_WITH"
        if chance > 0.2:
            links.append(Relation(f"r{at}", head, tail, label))
    return Layer(name, "done", entities=tuple(entities), relations=tuple(links))
