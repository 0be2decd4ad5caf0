"""Two hundred requests for the next document in the same moment, over HTTP, to a real server."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from flask import Flask

from labeler import accounts, proof, work
from labeler.models import Assignment, Project, db
from tests.conftest import Corpus
from tests.serving import ALONE, Server

PEOPLE = 50
TIMES = 4
"""Requests of each person, all at once: 200 together."""
DOCUMENTS = 30


@pytest.fixture
def server(any_app: Flask, tmp_path: Path, database_url: str) -> Iterator[Server]:
    """Return a server on the database of the app."""
    with Server(tmp_path, {"LABELER_DATABASE_URL": database_url}, command=ALONE) as running:
        yield running


def test_two_hundred_simultaneous_requests_never_hand_out_too_many(
    server: Server, corpus: Corpus
) -> None:
    """Fifty people ask four times in one moment: each gets one document, none goes to too many."""
    names = [f"p{number}" for number in range(PEOPLE)]
    tokens = [accounts.api_token(corpus.person(name)) for name in names]
    for overlap in (1, 2):
        project = corpus.project(f"by-{overlap}", **dict.fromkeys(names, "annotator"))
        for number in range(DOCUMENTS):
            corpus.document(project, f"Text {number}.", name=f"d{number}")
        work.change_rules(project, {"overlap": overlap})
        asked = _ask(server, f"/api/v1/projects/{project.slug}/next", tokens)
        with ThreadPoolExecutor(1) as own:  # a browser test before it leaves its loop in this one
            handed = own.submit(asyncio.run, asked).result()
        assert len(handed) == PEOPLE * TIMES
        _check(project, handed, overlap)
    assert list(proof.check()) == []


async def _ask(server: Server, path: str, tokens: list[str]) -> list[tuple[int, int | None]]:
    """Return who was handed what: people by number, None where nothing was free."""
    limits = httpx.Limits(max_connections=PEOPLE * TIMES)
    async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as client:

        async def ask(person: int) -> tuple[int, int | None]:
            headers = {"Authorization": f"Bearer {tokens[person]}"}
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 200, answer.text
            return person, answer.json()["document"]

        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ask(n % PEOPLE)) for n in range(PEOPLE * TIMES)]
        return [task.result() for task in asked]


def _check(project: Project, handed: list[tuple[int, int | None]], overlap: int) -> None:
    """Assert that each person got one document again and again, and each document few people."""
    by_person = defaultdict(set)
    for person, document in handed:
        by_person[person].add(document)
    assert {len(found) for found in by_person.values()} == {1}, "who asks again gets the same"
    people = Counter(document for (document,) in by_person.values() if document is not None)
    assert max(people.values()) <= overlap
    assert people.total() == min(PEOPLE, overlap * DOCUMENTS)
    db.session.rollback()
    held = db.session.query(Assignment).filter_by(project_id=project.id).count()
    assert held == people.total()
