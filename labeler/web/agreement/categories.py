"""What the page of agreement shows of labels of documents, a group of them at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeler.agreement.categories import SKEWED
from labeler.agreement.spans import NOTHING
from labeler.reliability import Overview
from labeler.web.agreement.figures import (
    KINDS,
    Figure,
    Json,
    cells_of,
    chosen_pair,
    confusion_of,
    figure_of,
    grid,
    heaviest_of,
    needed_of,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page shows of one group of categories."""

    name: str
    figures: list[Figure]
    answers: list[tuple[str, int]]
    """Answers, with how many comparisons have them on either side."""
    kinds: list[tuple[str, str, int]]
    compared: int
    matrix: list[tuple[str, list[Json | None]]]
    references: list[str]
    needed: list[tuple[str, int]]
    pair: Json | None
    pairs: Sequence[Json]
    confusion: tuple[list[str], list[tuple[str, list[int]]]]
    heaviest: tuple[int, int]


def page(found: Overview, chosen: tuple[str | None, str | None]) -> list[Choice]:
    """Return what to show of each group of categories."""
    return [_choice(found.report, body, chosen) for body in found.report["categories"]]


def _choice(report: Json, body: Json, chosen: tuple[str | None, str | None]) -> Choice:
    pair = chosen_pair(body["pairs"], chosen)
    confusion = confusion_of(pair, [name for name in body["answers"] if name != NOTHING])
    counts = {
        "identical": sum(own["kinds"]["identical"] for own in body["pairs"]),
        "label": sum(own["kinds"]["label"] for own in body["pairs"]),
        "only_one": sum(
            own["kinds"][side] for own in body["pairs"] for side in ("only_a", "only_b")
        ),
    }
    return Choice(
        name=body["group"],
        figures=_category_figures(body),
        answers=_answers(body),
        kinds=[(kind, words, counts[kind]) for kind, words in KINDS["categories"].items()],
        compared=sum(counts.values()),
        matrix=_category_matrix(report, body),
        references=list(report["against"]),
        needed=needed_of(body),
        pair=pair,
        pairs=body["pairs"],
        confusion=confusion,
        heaviest=heaviest_of(confusion),
    )


def _answers(body: Json) -> list[tuple[str, int]]:
    often = dict.fromkeys(body["answers"], 0)
    for pair in body["pairs"]:
        for one, other, count in cells_of(pair["confusion"], set(often) - {NOTHING}):
            for answer in {one, other}:
                often[answer] += count
    return sorted(often.items(), key=lambda row: (-row[1], row[0]))


def _category_figures(body: Json) -> list[Figure]:
    """Return the figures of a group; AC1 stands beside alpha where one answer is nearly always
    given, since alpha says little there."""
    figures = [
        figure_of(body, ("alpha",), "Krippendorff’s α"),
        figure_of(body, ("observed",), "Same answer"),
        figure_of(body, ("kappa",), "Cohen’s κ, mean of pairs"),
        figure_of(body, ("fleiss",), "Fleiss’ κ" if len(body["pairs"]) > 1 else "Scott’s π"),
    ]
    total = sum(body["answers"].values())
    if total and max(body["answers"].values()) > SKEWED * total:
        figures.append(figure_of(body, ("ac1",), "Gwet’s AC1, one answer prevails"))
    return figures


def _category_matrix(report: Json, body: Json) -> list[tuple[str, list[Json | None]]]:
    """Return the same for one group of categories, by Cohen's kappa."""
    held = {
        name: [pair for pair in found["categories"] if pair["group"] == body["group"]]
        for name, found in report["against"].items()
    }
    return grid(report["annotators"], body["pairs"], _kappa, held, _kappa)


def _kappa(pair: Json) -> Json:
    return dict(pair["kappa"])
