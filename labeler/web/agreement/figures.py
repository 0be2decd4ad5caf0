"""What the pages of agreement show of entities and relations: figures and tables of a report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from labeler.agreement.coding import REASONS
from labeler.agreement.spans import NOTHING
from labeler.reliability import Overview

Json = Mapping[str, Any]

KINDS = {
    "entities": {
        "identical": "Same",
        "boundary": "Boundary differs",
        "label": "Label differs",
        "both": "Label and boundary differ",
        "only_one": "Only one has it",
    },
    "relations": {
        "identical": "Same",
        "ends": "An end differs",
        "label": "Label differs",
        "direction": "Direction reversed",
        "only_one": "Only one has it",
    },
    "categories": {
        "identical": "Same",
        "label": "Another label",
        "only_one": "Only one chose any",
    },
}
"""Words for what differs, in the order of the bars."""

_CARDS = {
    "entities": (
        (("f1", "strict"), "F1, exact span and label"),
        (("f1", "overlap"), "F1, overlapping span"),
        (("token_alpha",), "Krippendorff’s α, token level"),
        (("u_alpha",), "Unitizing α (boundaries count)"),
    ),
    "relations": (
        (("f1",), "F1, end to end"),
        (("given_entities",), "F1, given the same entities"),
        (("given_overlap",), "F1, given overlapping entities"),
        (("unlabelled",), "F1, any label"),
    ),
}
_MORE = {
    "entities": (
        (("f1", "boundary"), "F1, exact span, any label"),
        (("f1", "type"), "F1, overlapping span, same label"),
        (("f1", "partial"), "F1, exact span, half for an overlapping one"),
        (("same_span", "agreement"), "Same label, given the same span"),
        (("same_span", "kappa"), "Cohen’s κ of labels, given the same span"),
    ),
    "relations": (
        (("bounds",), "F1, any entity label"),
        (("same_pair", "agreement"), "Same label, given the same two linked"),
        (("same_pair", "kappa"), "Cohen’s κ of labels, given the same two linked"),
        (("candidates", "kappa"), "Cohen’s κ over all links there could be"),
    ),
}
GIVEN = {
    "suggested": "Suggestions first",
    "blind": "Without suggestions in sight",
    "shown": "With suggestions in sight",
    "same_span": "Same span",
    "same_pair": "Same two linked",
    "given_entities": "Between the same entities",
    "given_overlap": "Between overlapping entities",
}
"""Words for what is compared given something else, which is a kind of its own to open."""
_FIRM, _TENTATIVE = 0.8, 0.667
"""Krippendorff 2004, 11.4: what alpha is needed for firm and for tentative conclusions."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure in words, with what its interval and its value call for."""

    title: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    counted: str = ""
    """How many comparisons or annotations it is made of, in words."""
    kind: str | None = None
    """The kind of comparisons that it is made of, None for all."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows of one part of a report."""

    cards: list[Figure]
    more: list[Figure]
    kinds: list[tuple[str, str, int]]
    compared: int
    matrix: list[tuple[str, list[Json | None]]]
    references: list[str]
    pair: Json | None
    confusion: tuple[list[str], list[tuple[str, list[int]]]]
    heaviest: tuple[int, int]
    labels: list[tuple[str, Json, int]]
    annotators: list[tuple[str, Json, float | None]]
    needed: list[tuple[str, int]]


def page(found: Overview, part: str, chosen: tuple[str | None, str | None]) -> Page:
    """Return what to show of a part; `chosen` names the pair whose confusion is wanted."""
    body = found.report[part]
    kinds = body["kinds"]
    pair = chosen_pair(body["pairs"], chosen)
    confusion = confusion_of(pair, body["by_label"])
    return Page(
        cards=[figure_of(body, *card) for card in _CARDS[part]],
        more=[figure_of(body, *measure) for measure in _MORE[part]],
        kinds=[(kind, words, kinds[kind]) for kind, words in KINDS[part].items()],
        compared=sum(kinds.values()),
        matrix=_matrix(found.report, part),
        references=list(found.report["against"]),
        pair=pair,
        confusion=confusion,
        heaviest=heaviest_of(confusion),
        labels=_labels(body["by_label"]),
        annotators=[
            (name, own, body.get("competence", {}).get(name))
            for name, own in body["by_annotator"].items()
        ],
        needed=needed_of(body),
    )


def _at(body: Any, path: Sequence[str]) -> Json:
    for name in path:
        body = body[name]
    return dict(body)


def figure_of(body: Json, path: Sequence[str], title: str) -> Figure:
    """Return the figure at a place of a report, with what must be said beside it."""
    score = _at(body, path)
    kind = path[0] if path[0] in GIVEN else None
    counted = ""
    if score["value"] is not None and "compared" in body[path[0]] and len(path) > 1:
        counted = f"of {body[path[0]]['compared']:,}"
    elif score["value"] is not None and "of" in score:
        counted = f"compares {score['compared']:,} of {score['of']:,} relations"
    note = "" if counted else note_of(score, path)
    return Figure(title, score["value"], score["low"], score["high"], note, counted, kind)


def note_of(score: Json, path: Sequence[str]) -> str:
    """Return what must be said beside a value."""
    if score["value"] is None:
        return REASONS.get(score.get("reason", ""), "Undefined")
    if path[-1].endswith("alpha") and score["value"] < _FIRM:
        return "below 0.80" if score["value"] >= _TENTATIVE else "below 0.67"
    return ""


Told = list[tuple[str, Json | None]]
"""A sentence in pieces, each with what it opens, if anything."""


def warnings_of(report: Json) -> list[Told]:
    """Return what is warned of: sentences in pieces, numbers that open something apart."""
    both = zip(report["warnings"], report["opened_by_warnings"], strict=True)
    return [_parted(text, opens) for text, opens in both]


def _parted(text: str, opens: Iterable[Json]) -> Told:
    pieces: Told = []
    for one in opens:
        before, words, text = text.partition(one["words"])
        pieces += [(before, None), (words, one)]
    return [*pieces, (text, None)]


def headline(pair: Json, part: str) -> Json:
    """Return the first measure of a pair."""
    return _at(pair, _CARDS[part][0][0])


def _matrix(report: Json, part: str) -> list[tuple[str, list[Json | None]]]:
    """Return a row for each annotator: a cell for each other, then one for each reference."""
    held = {name: found[part] for name, found in report["against"].items()}
    score = partial(headline, part=part)
    return grid(report["annotators"], report[part]["pairs"], score, held, lambda pair: pair)


def grid(
    names: Sequence[str],
    pairs: Sequence[Json],
    score: Callable[[Json], Json],
    held: Mapping[str, Sequence[Json]],
    held_score: Callable[[Json], Json],
) -> list[tuple[str, list[Json | None]]]:
    """Return a row for each name: a cell for each other by `score`, one for each held against."""
    cells: dict[tuple[str, str], Json] = {}
    for pair in pairs:
        cell = _cell(pair, score(pair))
        cells[pair["a"], pair["b"]] = {**cell, "b": pair["b"]}
        cells[pair["b"], pair["a"]] = {**cell, "b": pair["a"]}
    for name, found in held.items():
        for pair in found:
            cell = {**_cell(pair, held_score(pair)), "against": name}
            cells[pair["a"], f"against {name}"] = cell
    columns = [*names, *(f"against {name}" for name in held)]
    return [(row, [cells.get((row, column)) for column in columns]) for row in names]


def _cell(pair: Json, score: Json) -> Json:
    kinds = pair["kinds"]
    return {
        "b": pair["b"],
        "value": score["value"],
        "reason": REASONS.get(score.get("reason", ""), ""),
        "documents": pair["documents"],
        "differences": sum(kinds.values()) - kinds["identical"],
    }


def chosen_pair(pairs: Sequence[Json], chosen: tuple[str | None, str | None]) -> Json | None:
    """Return the pair that was chosen, else the one with the most shared documents."""
    for pair in pairs:
        if chosen == (pair["a"], pair["b"]):
            return pair
    shared = [pair for pair in pairs if pair["documents"]]
    return max(shared, key=lambda pair: int(pair["documents"]), default=None)


def confusion_of(
    pair: Json | None, labels: Iterable[str]
) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Return the labels that a pair used, and for each of the first the counts of the second."""
    cells = cells_of(pair["confusion"] if pair else {}, labels)
    names = sorted({name for one, other, _ in cells for name in (one, other)} - {NOTHING})
    every = [*names, NOTHING] if cells else []
    counts = {(one, other): count for one, other, count in cells}
    return every, [(row, [counts.get((row, column), 0) for column in every]) for row in every]


def cells_of(confusion: Json, labels: Iterable[str]) -> list[tuple[str, str, int]]:
    """Return the cells of a confusion; a label may hold the sign that parts the two."""
    every = [*labels, NOTHING]
    pairs = [(one, other) for one in every for other in every]
    return [(*pair, confusion["|".join(pair)]) for pair in pairs if "|".join(pair) in confusion]


def heaviest_of(confusion: tuple[list[str], list[tuple[str, list[int]]]]) -> tuple[int, int]:
    """Return the largest counts on the diagonal and beside it."""
    _, rows = confusion
    same = [row[at] for at, (_, row) in enumerate(rows)]
    off = [max((*row[:at], *row[at + 1 :]), default=0) for at, (_, row) in enumerate(rows)]
    return max(same, default=0), max(off, default=0)


def _labels(by_label: Json) -> list[tuple[str, Json, int]]:
    """Return labels with how often they were compared, the most frequent first."""
    rows = [(name, own, sum(own["kinds"].values())) for name, own in by_label.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def needed_of(body: Json) -> list[tuple[str, int]]:
    """Return for each width, ± of the first figure, how many more shared documents it takes."""
    return [(width, more) for width, more in body["needed"].items() if more is not None]
