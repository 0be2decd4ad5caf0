"""Real annotations of several people: published values, and values worked out the plain way."""

import json
from collections.abc import Iterator
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

import pytest

from labeler.agreement import Work, agreement
from labeler.agreement.coding import codes_of, counts_of, krippendorff_alpha
from labeler.formats import Imported
from labeler.formats.webanno_reading import WebAnnoImporter
from labeler.schema import Category, Entity, Layer, Relation, Tokens
from tests.conftest import SHARED

TABLES = SHARED / "data" / "measure-tables" / "published_measures.json"
CROWD = SHARED / "data" / "btc-section-e" / "btc_e_crowd.jsonl"
CASES = SHARED / "data" / "inception-curation" / "testsuite"


def needs(path: Path) -> Any:
    """Return the mark of a test that reads shared data."""
    return pytest.mark.skipif(not path.exists(), reason=f"{path.name} is not here")


@needs(TABLES)
@pytest.mark.parametrize("name", ["fleiss1971", "cohen1960-p45"])
def test_tables_of_the_papers(name: str) -> None:
    """Labels of documents, one document an item, give the kappas that the papers print."""
    [table] = [one for one in json.loads(TABLES.read_text()) if one["id"] == name]
    known = tuple(map(str, sorted({said for item in table["items"] for said in item})))
    work: list[Work] = [
        (
            f"d{at}",
            10,
            None,
            {
                f"rater {by}": Layer("", "done", categories=(Category(str(said), str(said)),))
                for by, said in enumerate(item)
            },
        )
        for at, item in enumerate(table["items"])
    ]
    [found] = agreement(work, groups=[("g", known)], bootstraps=0).to_json()["categories"]
    published = table["published"]
    assert found["observed"]["value"] == pytest.approx(published["observed"], abs=0.0006)
    for measure in ("fleiss", "cohen"):
        if f"{measure}_kappa" in published:
            value = found["kappa" if measure == "cohen" else measure]["value"]
            assert value == pytest.approx(published[f"{measure}_kappa"], abs=0.0006)


# ---- crowd workers, who each saw some of the tweets ------------------------------------------


_WORKERS = 15
"""Workers compared: all 68 are 2,278 pairs."""


def crowd() -> Iterator[tuple[dict[str, Any], Tokens, dict[str, list[tuple[int, int, str]]]]]:
    """Yield tweets with their tokens and, by worker, spans of tokens with their labels."""
    for line in CROWD.read_text().splitlines():
        tweet = json.loads(line)
        borders = [0]
        for token in tweet["tokens"]:
            borders.append(borders[-1] + len(token) + 1)
        ends = tuple(
            begin + len(token) for begin, token in zip(borders, tweet["tokens"], strict=False)
        )
        said: dict[str, list[tuple[int, int, str]]] = {}
        for judgment in tweet["judgments"]:
            own = said.setdefault(judgment["annotator"], [])
            own += [(*run, judgment["label"]) for run in runs(judgment["token_indices"])]
        yield tweet, Tokens(tuple(borders[:-1]), ends, "given"), said


def runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of numbers that follow each other."""
    numbered = enumerate(sorted(places))
    for _, run in groupby(numbered, key=lambda item: item[1] - item[0]):
        row = [place for _, place in run]
        yield row[0], row[-1]


@needs(CROWD)
def test_crowd_workers_give_what_the_plain_way_gives() -> None:
    """People who each labeled some of 200 tweets: F1 by sets, alpha by a table of tokens."""
    tweets = list(crowd())
    names = sorted({name for _, _, said in tweets for name in said})[:_WORKERS]
    work: list[Work] = [
        (
            tweet["doc_id"],
            tokens.ends[-1],
            tokens,
            {
                name: Layer(
                    name,
                    "done",
                    entities=tuple(
                        Entity(f"e{at}", tokens.starts[first], tokens.ends[last], label)
                        for at, (first, last, label) in enumerate(spans)
                    ),
                )
                for name, spans in said.items()
            },
        )
        for tweet, tokens, said in tweets
    ]
    body = agreement(work, annotators=names, bootstraps=0).to_json()
    assert body["documents"] > 100
    values = [pair["f1"]["strict"]["value"] for pair in body["entities"]["pairs"]]
    assert values == pytest.approx(plain_f1(tweets, names), nan_ok=True)
    known = [value for value in values if value is not None]
    strict = body["entities"]["f1"]["strict"]["value"]
    assert strict == pytest.approx(sum(known) / len(known))
    alpha = body["entities"]["token_alpha"]["value"]
    assert alpha == pytest.approx(plain_alpha(tweets, names))


def plain_f1(tweets: list[Any], names: list[str]) -> list[float | None]:
    """Return F1 of each two workers, None where they share nothing or found nothing."""
    found: list[float | None] = []
    for a, b in combinations(names, 2):
        both = [said for _, _, said in tweets if a in said and b in said]
        same = sum(len({*said[a]} & {*said[b]}) for said in both)
        total = sum(len({*said[a]}) + len({*said[b]}) for said in both)
        found.append(2 * same / total if total else None)
    return found


def plain_alpha(tweets: list[Any], names: list[str]) -> float | None:
    """Return Krippendorff's alpha over a table of all tokens × workers."""
    rows = []
    for tweet, _, said in tweets:
        for at in range(len(tweet["tokens"])):
            labels = {
                name: sorted({label for first, last, label in spans if first <= at <= last})
                for name, spans in said.items()
            }
            rows.append([str(labels[name]) if name in said else None for name in names])
    known = sorted({value for row in rows for value in row if value is not None})
    return krippendorff_alpha(counts_of(codes_of(rows, known), len(known))).value


# ---- relations of two annotators ---------------------------------------------------------------


def read(case: str, name: str) -> Layer:
    """Return somebody's layer of one of INCEpTION's curation cases."""
    with (CASES / case / f"{name}.tsv").open("rb") as stream:
        [found] = WebAnnoImporter().read(stream, "case.tsv")
    assert isinstance(found, Imported)
    return Layer(
        name,
        "done",
        entities=tuple(one for one in found.suggestions if isinstance(one, Entity)),
        relations=tuple(one for one in found.suggestions if isinstance(one, Relation)),
    )


@needs(CASES)
@pytest.mark.parametrize(
    ("case", "kinds", "agreeing"),
    [
        ("simpleRelNoDiffTest", {"identical": 1}, 1.0),
        ("simpleRelTypeDiffTest", {"label": 1}, 0.0),
        ("simpleRelGovDiffTest", {"ends": 1}, None),
    ],
)
def test_relations_differ_in_the_way_that_their_case_is_named_for(
    case: str, kinds: dict[str, int], agreeing: float | None
) -> None:
    """The same relation, another type and a head with another label are told apart."""
    work: list[Work] = [("d", 100, None, {name: read(case, name) for name in ("user1", "user2")})]
    [pair] = agreement(work, bootstraps=0).to_json()["relations"]["pairs"]
    assert {kind: count for kind, count in pair["kinds"].items() if count} == kinds
    assert pair["same_pair"]["agreement"]["value"] == agreeing
    assert pair["unlabelled"]["value"] == 1.0
    assert pair["f1"]["value"] == (1.0 if kinds == {"identical": 1} else 0.0)
