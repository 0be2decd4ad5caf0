"""Agreement on labels of documents: the measures, published tables, and what has no value."""

import random

import numpy as np
import pytest

from labeler.agreement import agreement
from labeler.agreement.coding import (
    codes_of,
    cohen_kappa,
    counts_of,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    observed_agreement,
    table_of,
)
from labeler.schema import Category, Layer

GROUPS = [("topic", ("news", "sport", "law")), ("urgent", ("urgent",))]


def layer(*labels: str | None) -> Layer:
    """Return a finished layer with these categories."""
    chosen = tuple(Category(label, label) for label in labels if label)
    return Layer("", "done", categories=chosen)


def report(rows: list[dict[str, Layer]], **more: object) -> list[dict[str, object]]:
    """Return the agreement on the categories of documents, given the layers of each."""
    works = [(f"d{at}", 10, None, row) for at, row in enumerate(rows)]
    body = agreement(works, groups=GROUPS, **more).to_json()  # type: ignore[arg-type]
    found: list[dict[str, object]] = body["categories"]
    return found


def drawn(documents: int = 60) -> list[dict[str, Layer]]:
    """Return documents that two or three people labeled, some choosing nothing."""
    deal = random.Random(3)
    rows = []
    for at in range(documents):
        people = ["ana", "ben", "cid"] if at % 3 else deal.sample(["ana", "ben", "cid"], 2)
        true = deal.choice(["news", "sport", "law", None])
        rows.append(
            {
                name: layer(
                    true if deal.random() < 0.7 else deal.choice(["news", "sport", None]),
                    "urgent" if deal.random() < 0.1 else None,
                )
                for name in people
            }
        )
    return rows


def chosen(rows: list[dict[str, Layer]], labels: tuple[str, ...]) -> np.ndarray:
    """Return the answers of ana, ben and cid by number, "nothing" being one."""
    table = []
    for row in rows:
        answers: list[str | None] = []
        for name in ("ana", "ben", "cid"):
            if name not in row:
                answers.append(None)
                continue
            had = [one.label for one in row[name].categories if one.label in labels]
            answers.append(had[0] if had else "nothing")
        table.append(answers)
    return codes_of(table, [*labels, "nothing"])


def scott_pi(table: np.ndarray) -> float:
    """Return pi of two annotators, by Scott's own formula (1955)."""
    share = table / table.sum()
    margins = (share.sum(axis=0) + share.sum(axis=1)) / 2
    chance = float((margins**2).sum())
    return (float(np.trace(share)) - chance) / (1 - chance)


@pytest.mark.parametrize("at", [0, 1])
def test_values_are_those_of_the_coefficients(at: int) -> None:
    """Alpha, observed agreement, AC1 and kappa are what the plain formulas give."""
    rows = drawn()
    labels = GROUPS[at][1]
    codes = chosen(rows, labels)
    counts = counts_of(codes, len(labels) + 1)
    found = report(rows)[at]
    wanted = {
        "alpha": krippendorff_alpha(counts).value,
        "observed": observed_agreement(counts),
        "ac1": gwet_ac1(counts).value,
        "fleiss": fleiss_kappa(counts).value,
    }
    for name, value in wanted.items():
        score = found[name]
        assert score["value"] == pytest.approx(value)  # type: ignore[index]
        assert score["low"] <= value <= score["high"]  # type: ignore[index]
    for pair, (a, b) in zip(found["pairs"], [(0, 1), (0, 2), (1, 2)], strict=True):  # type: ignore[call-overload]
        table = table_of(codes[:, a], codes[:, b], len(labels) + 1)
        assert pair["kappa"]["value"] == pytest.approx(cohen_kappa(table).value)
        assert pair["fleiss"]["value"] == pytest.approx(scott_pi(table))
        assert sum(pair["confusion"].values()) == sum(pair["kinds"].values()) == table.sum()
        assert pair["kinds"]["identical"] == np.trace(table)


def test_cohen_1960() -> None:
    """Cohen's own example, 200 answers of two judges, has the kappa that he gives."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    names = GROUPS[0][1]
    rows = [
        {"ana": layer(names[one]), "ben": layer(names[other])}
        for one, line in enumerate(table)
        for other, count in enumerate(line)
        for _ in range(count)
    ]
    found = report(rows)[0]
    assert found["kappa"]["value"] == pytest.approx(0.492, abs=0.0005)  # type: ignore[index]
    assert found["observed"]["value"] == pytest.approx(0.70)  # type: ignore[index]


def test_who_did_not_look_is_missing() -> None:
    """A document of one person alone changes nothing; choosing nothing is an answer."""
    rows = [{"ana": layer("news"), "ben": layer("news")}, {"ana": layer("law"), "ben": layer()}]
    alone = [*rows, {"ana": layer("sport")}]
    assert [one["alpha"] for one in report(alone)] == [one["alpha"] for one in report(rows)]
    [topic, _] = report(rows)
    assert topic["observed"]["value"] == pytest.approx(0.5)  # type: ignore[index]
    assert topic["pairs"][0]["confusion"] == {"news|news": 1, "law|∅": 1}  # type: ignore[index]
    assert topic["pairs"][0]["kinds"]["only_a"] == 1  # type: ignore[index]


def test_one_answer_only_has_no_chance_corrected_value() -> None:
    """Where everybody always says the same, alpha and kappa have none and tell why."""
    rows = [{"ana": layer("news"), "ben": layer("news")}] * 5
    [topic, urgent] = report(rows)
    for group in (topic, urgent):
        assert group["alpha"]["value"] is None  # type: ignore[index]
        assert group["kappa"]["reason"] == "no_variation"  # type: ignore[index]
        assert group["observed"]["value"] == 1  # type: ignore[index]


def test_nothing_shared_and_no_categories() -> None:
    """Without shared documents each value says so, and without categories there is no group."""
    [topic, _] = report([{"ana": layer("news")}, {"ben": layer("news")}])
    assert topic["alpha"] == {"value": None, "low": None, "high": None, "reason": "no_overlap"}
    works = [("d", 10, None, {"ana": layer(), "ben": layer()})]
    assert agreement(works).to_json()["categories"] == []
