"""Published agreement of real annotators, by the commands that a lead would give."""

import json
import re
import statistics
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import spacy
from click.testing import CliRunner
from spacy.tokens import Doc, DocBin

from labeler.cli import main
from tests.conftest import SHARED

BRATIAA = SHARED / "data" / "bratiaa" / "example-files" / "example-project"
CROWD = SHARED / "data" / "btc-section-e" / "btc_e_crowd.jsonl"
CURATION = SHARED / "data" / "inception-curation" / "testsuite"
PEOPLE = ("Lisa", "Maria", "Max", "Peter")
Span = tuple[int, int, str]
Articles = list[tuple[str, dict[str, list[Span]]]]
"""Texts, with the spans of each annotator."""


def needs(path: Path) -> Any:
    """Return the mark of a test that reads shared data."""
    return pytest.mark.skipif(not path.exists(), reason=f"the shared {path.name} is not here")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Return what runs a command in an instance of its own, and returns what it prints."""

    def command(*arguments: object) -> str:
        env = {"LABELER_INSTANCE": str(tmp_path / "instance")}
        done = CliRunner().invoke(main, list(map(str, arguments)), env=env)
        assert done.exit_code == 0, done.output
        return done.output

    command("project", "add", "real", "--title", "Real")
    return command


def agreement(run: Callable[..., str]) -> dict[str, Any]:
    """Return what `labeler agreement --json` prints."""
    found: dict[str, Any] = json.loads(run("agreement", "real", "--json"))
    return found


# ---- four people, seven articles, a report that was published with them -----------------------


def real() -> Articles:
    """Return the articles of the four as their files have them."""
    found: Articles = []
    for path in sorted((BRATIAA / "Lisa").glob("*.txt")):
        marks = {
            name: (BRATIAA / name / path.name).with_suffix(".ann").read_text() for name in PEOPLE
        }
        found.append((path.read_text(), {name: list(spans(ann)) for name, ann in marks.items()}))
    return found


def spans(ann: str) -> Iterator[Span]:
    """Yield the entities of a file of brat's."""
    for label, start, end in re.findall(r"^T\d+\t(\S+) (\d+) (\d+)\t", ann, re.MULTILINE):
        yield int(start), int(end), label


def assert_published(found: dict[str, Any]) -> None:
    """Check the mean, its spread, the pairs and the labels against the printed report."""
    entities = found["entities"]
    pairs = [pair["f1"]["strict"]["value"] for pair in entities["pairs"]]
    published = [0.946, 0.874, 0.959, 0.816, 0.909, 0.838]
    assert found["annotators"] == list(PEOPLE)
    assert found["documents"] == 7
    assert sorted(pairs) == pytest.approx(sorted(published), abs=0.0006)
    assert entities["f1"]["strict"]["value"] == pytest.approx(0.890, abs=0.0006)
    assert statistics.pstdev(pairs) == pytest.approx(0.053, abs=0.0006)
    labels = {label: own["value"] for label, own in entities["by_label"].items()}
    assert labels == pytest.approx(
        {"LOC": 0.819, "MISC": 0.840, "ORG": 0.906, "PER": 0.938}, abs=0.0006
    )


@needs(BRATIAA)
def test_folders_of_brat_at_once(run: Callable[..., str]) -> None:
    """The project as brat keeps it, a folder of each annotator, gives the published figures."""
    run("import", "real", BRATIAA, "--add-labels")
    assert_published(agreement(run))


@needs(BRATIAA)
def test_folders_of_brat_one_by_one(run: Callable[..., str]) -> None:
    """So do the folders, each imported for its annotator."""
    for name in PEOPLE:
        run("import", "real", BRATIAA / name, "--annotator", name, "--add-labels")
    assert_published(agreement(run))


@needs(BRATIAA)
@pytest.mark.parametrize("kind", ["jsonl", "conll", "docbin"])
def test_a_file_of_each_annotator_without_ids(
    run: Callable[..., str], tmp_path: Path, kind: str
) -> None:
    """So do files that say no ids, under whatever name: articles are known by their texts."""
    articles = real()
    write = {"jsonl": jsonl, "conll": conll, "docbin": docbin}[kind]
    for name in PEOPLE:
        path = write(articles, name, tmp_path)
        run("import", "real", path, "--annotator", name, "--add-labels")
    again = json.loads(run("import", "real", path, "--annotator", name, "--json"))
    assert (again["documents"], again["layers"], again["unchanged"]) == (0, 0, 7)
    assert_published(agreement(run))


def jsonl(articles: Articles, name: str, folder: Path) -> Path:
    """Write the work of one annotator as JSONL, of everybody in another order."""
    lines = []
    turn = PEOPLE.index(name)
    for text, work in articles[turn:] + articles[:turn]:
        entities = [
            {"id": f"e{at}", "start": start, "end": end, "label": label}
            for at, (start, end, label) in enumerate(work[name])
        ]
        lines.append(json.dumps({"text": text, "entities": entities}))
    path = folder / f"from-{name}.jsonl"
    path.write_text("\n".join(lines))
    return path


def conll(articles: Articles, name: str, folder: Path) -> Path:
    """Write the work of one annotator as CoNLL, its words cut wherever anybody's entities begin."""
    path = folder / f"{name}.conll"
    with path.open("w") as out:
        for text, work in articles:
            out.write("-DOCSTART- O\n\n")
            begins = {start: (end, label) for start, end, label in work[name]}
            inside, tag = 0, "O"
            for start, end in words(text, work):
                if start in begins:
                    inside, tag = begins[start]
                letter = "O" if start >= inside else f"{'B' if start in begins else 'I'}-{tag}"
                out.write(f"{text[start:end]} {letter}\n")
            out.write("\n")
    return path


def docbin(articles: Articles, name: str, folder: Path) -> Path:
    """Write the work of one annotator as spaCy keeps it."""
    vocab, docs = spacy.blank("es").vocab, DocBin()
    for text, work in articles:
        found = words(text, work)
        spaces = [text[end : end + 1] == " " for _, end in found]
        doc = Doc(vocab, [text[start:end] for start, end in found], spaces)
        place = {start: at for at, (start, _) in enumerate(found)}
        stop = {end: at + 1 for at, (_, end) in enumerate(found)}
        doc.ents = [
            spacy.tokens.Span(doc, place[start], stop[end], label)
            for start, end, label in work[name]
        ]
        docs.add(doc)
    path = folder / f"{name}.spacy"
    docs.to_disk(path)
    return path


def words(text: str, work: dict[str, list[Span]]) -> list[tuple[int, int]]:
    """Return the words of a text, cut wherever somebody's entity begins or ends."""
    borders = {border for own in work.values() for start, end, _ in own for border in (start, end)}
    found = []
    for match in re.finditer(r"\S+", text):
        cuts = sorted({*match.span(), *(b for b in borders if match.start() < b < match.end())})
        found += list(pairwise(cuts))
    return found


# ---- others ------------------------------------------------------------------------------------


@needs(CURATION)
@pytest.mark.parametrize(
    ("case", "kinds"),
    [
        ("simpleRelNoDiffTest", {"identical": 1}),
        ("simpleRelTypeDiffTest", {"label": 1}),
        ("simpleRelGovDiffTest", {"ends": 1}),
    ],
)
def test_files_named_for_their_annotators(
    run: Callable[..., str], case: str, kinds: dict[str, int]
) -> None:
    """INCEpTION's `user1.tsv` and `user2.tsv` are one article by two, and differ as they should."""
    for name in ("user1", "user2"):
        run("import", "real", CURATION / case / f"{name}.tsv", "--annotator", name, "--add-labels")
    [pair] = agreement(run)["relations"]["pairs"]
    assert pair["documents"] == 1
    assert {kind: count for kind, count in pair["kinds"].items() if count} == kinds


@needs(CROWD)
def test_tweets_in_which_somebody_found_nothing(run: Callable[..., str], tmp_path: Path) -> None:
    """Who looked and found nothing counts: five crowd workers, each in a file of CoNLL."""
    tweets = [json.loads(line) for line in CROWD.read_text().splitlines()]
    said: dict[str, list[tuple[list[str], set[int]]]] = {}
    for tweet in tweets:
        for one in tweet["judgments"]:
            if one["label"] == "PER":
                marked = set(one["token_indices"])
                said.setdefault(one["annotator"], []).append((tweet["tokens"], marked))
    busy = sorted(said, key=lambda name: (-len(said[name]), name))[:5]
    for name in busy:
        blocks = ("".join(f"{word} {'I-PER' if at in marked else 'O'}\n" for at, word in
                          enumerate(tokens)) for tokens, marked in said[name])  # fmt: skip
        (tmp_path / f"{name}.conll").write_text(
            "-DOCSTART- O\n\n" + "\n-DOCSTART- O\n\n".join(blocks)
        )
        run("import", "real", tmp_path / f"{name}.conll", "--annotator", name, "--add-labels")
    for pair in agreement(run)["entities"]["pairs"]:
        a, b = ({" ".join(t): m for t, m in said[pair[side]]} for side in "ab")
        assert pair["documents"] == len(a.keys() & b.keys())
        runs = [{text: chunks(marked) for text, marked in own.items()} for own in (a, b)]
        both = a.keys() & b.keys()
        same = sum(len(runs[0][text] & runs[1][text]) for text in both)
        total = sum(len(own[text]) for own in runs for text in both)
        value = pair["f1"]["strict"]["value"]
        assert value == (pytest.approx(2 * same / total) if total else None)


def chunks(places: set[int]) -> set[tuple[int, int]]:
    """Return the runs of numbers that follow each other, by the first and the last."""
    firsts = [place for place in places if place - 1 not in places]
    return {(f, next(p for p in range(f, max(places) + 1) if p + 1 not in places)) for f in firsts}
