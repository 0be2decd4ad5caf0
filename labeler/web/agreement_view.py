"""What the pages of agreement show, made from a report: figures, tables, words, lines of CSV."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from labeler.agreement.categories import SKEWED
from labeler.agreement.coding import REASONS
from labeler.agreement.spans import NOTHING
from labeler.models import Document
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
    pair = _pair(body["pairs"], chosen)
    confusion = _confusion(pair, body["by_label"])
    return Page(
        cards=[_figure(body, *card) for card in _CARDS[part]],
        more=[_figure(body, *measure) for measure in _MORE[part]],
        kinds=[(kind, words, kinds[kind]) for kind, words in KINDS[part].items()],
        compared=sum(kinds.values()),
        matrix=_matrix(found.report, part),
        references=list(found.report["against"]),
        pair=pair,
        confusion=confusion,
        heaviest=_heaviest(confusion),
        labels=_labels(body["by_label"]),
        annotators=[
            (name, own, body.get("competence", {}).get(name))
            for name, own in body["by_annotator"].items()
        ],
        needed=_needed(body),
    )


def _at(body: Any, path: Sequence[str]) -> Json:
    for name in path:
        body = body[name]
    return dict(body)


def _figure(body: Json, path: Sequence[str], title: str) -> Figure:
    score = _at(body, path)
    kind = path[0] if path[0] in GIVEN else None
    note = _note(score, path)
    if score["value"] is not None and "compared" in body[path[0]] and len(path) > 1:
        note = f"of {body[path[0]]['compared']:,}"
    return Figure(title, score["value"], score["low"], score["high"], note, kind)


def _note(score: Json, path: Sequence[str]) -> str:
    """Return what must be said beside a value."""
    if score["value"] is None:
        return REASONS.get(score.get("reason", ""), "Undefined")
    if "of" in score:
        return f"compares {score['compared']:,} of {score['of']:,} relations"
    if path[-1].endswith("alpha") and score["value"] < _FIRM:
        return "below 0.80" if score["value"] >= _TENTATIVE else "below 0.67"
    return ""


def headline(pair: Json, part: str) -> Json:
    """Return the first measure of a pair."""
    return _at(pair, _CARDS[part][0][0])


def _matrix(report: Json, part: str) -> list[tuple[str, list[Json | None]]]:
    """Return a row for each annotator: a cell for each other, then one for each reference."""
    held = {name: found[part] for name, found in report["against"].items()}
    score = partial(headline, part=part)
    return _grid(report["annotators"], report[part]["pairs"], score, held, lambda pair: pair)


def _category_matrix(report: Json, body: Json) -> list[tuple[str, list[Json | None]]]:
    """Return the same for one group of categories, by Cohen's kappa."""
    held = {
        name: [pair for pair in found["categories"] if pair["group"] == body["group"]]
        for name, found in report["against"].items()
    }
    return _grid(report["annotators"], body["pairs"], _kappa, held, _kappa)


def _kappa(pair: Json) -> Json:
    return dict(pair["kappa"])


def _grid(
    names: Sequence[str],
    pairs: Sequence[Json],
    score: Callable[[Json], Json],
    held: Mapping[str, Sequence[Json]],
    held_score: Callable[[Json], Json],
) -> list[tuple[str, list[Json | None]]]:
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


def _pair(pairs: Sequence[Json], chosen: tuple[str | None, str | None]) -> Json | None:
    """Return the pair that was chosen, else the one with the most shared documents."""
    for pair in pairs:
        if chosen == (pair["a"], pair["b"]):
            return pair
    shared = [pair for pair in pairs if pair["documents"]]
    return max(shared, key=lambda pair: int(pair["documents"]), default=None)


def _confusion(
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


def _heaviest(confusion: tuple[list[str], list[tuple[str, list[int]]]]) -> tuple[int, int]:
    """Return the largest counts on the diagonal and beside it."""
    _, rows = confusion
    same = [row[at] for at, (_, row) in enumerate(rows)]
    off = [max((*row[:at], *row[at + 1 :]), default=0) for at, (_, row) in enumerate(rows)]
    return max(same, default=0), max(off, default=0)


def _labels(by_label: Json) -> list[tuple[str, Json, int]]:
    """Return labels with how often they were compared, the most frequent first."""
    rows = [(name, own, sum(own["kinds"].values())) for name, own in by_label.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _needed(body: Json) -> list[tuple[str, int]]:
    """Return for each width, ± of the first figure, how many more shared documents it takes."""
    return [(width, more) for width, more in body["needed"].items() if more is not None]


# ---- document labels -------------------------------------------------------------------------


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


def category_page(found: Overview, chosen: tuple[str | None, str | None]) -> list[Choice]:
    """Return what to show of each group of categories."""
    return [_choice(found.report, body, chosen) for body in found.report["categories"]]


def _choice(report: Json, body: Json, chosen: tuple[str | None, str | None]) -> Choice:
    pair = _pair(body["pairs"], chosen)
    confusion = _confusion(pair, [name for name in body["answers"] if name != NOTHING])
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
        needed=_needed(body),
        pair=pair,
        pairs=body["pairs"],
        confusion=confusion,
        heaviest=_heaviest(confusion),
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
        _figure(body, ("alpha",), "Krippendorff’s α"),
        _figure(body, ("observed",), "Same answer"),
        _figure(body, ("kappa",), "Cohen’s κ, mean of pairs"),
        _figure(body, ("fleiss",), "Fleiss’ κ" if len(body["pairs"]) > 1 else "Scott’s π"),
    ]
    total = sum(body["answers"].values())
    if total and max(body["answers"].values()) > SKEWED * total:
        figures.append(_figure(body, ("ac1",), "Gwet’s AC1, one answer prevails"))
    return figures


# ---- a person's own page ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """How far a person agrees with gold or with their first submissions: the figures, each with
    what asks for its comparisons, and how often entities differ in which way."""

    name: str
    documents: int
    figures: list[tuple[Figure, dict[str, str]]]
    kinds: list[tuple[str, str, int]]


def own_page(held: Json) -> list[Held]:
    """Return what a person's own page shows of their agreement."""
    return [
        Held(
            name,
            found["entities"]["documents"],
            _own_figures(found),
            _own_kinds(found["entities"]),
        )
        for name, found in held.items()
    ]


def _own_figures(found: Json) -> list[tuple[Figure, dict[str, str]]]:
    figures = []
    for part, words in (("entities", "Entities"), ("relations", "Relations")):
        one = found[part]
        note = _note(one, (part,))
        figure = Figure(f"{words}, F1", one["value"], one["low"], one["high"], note)
        figures.append((figure, {"part": part}))
    for one in found["categories"]:
        figure = _figure(one, ("observed",), f"{one['group']}, same")
        figures.append((figure, {"part": "categories", "group": one["group"]}))
    return figures


def _own_kinds(pair: Json) -> list[tuple[str, str, int]]:
    other = "gold" if pair["b"] == "gold" else "at first"
    words = {**KINDS["entities"], "only_a": f"Only {pair['a']}", "only_b": f"Only {other}"}
    return [(kind, words[kind], count) for kind, count in pair["kinds"].items() if count]


# ---- evidence --------------------------------------------------------------------------------


def heading(query: Json, part: str, document: Document | None) -> str:
    """Return in words which comparisons are shown."""
    what = {"entities": "Entities", "relations": "Relations"}.get(part, "Document labels")
    if query.get("group"):
        what = f"{what}, {query['group']}"
    a, b = query.get("a"), query.get("b")
    who = f" of {a} and {b}" if a and b else f" of {a} and the others" if a else ""
    label = ""
    if query.get("label"):
        label = f" labeled {'nothing' if query['label'] == NOTHING else query['label']}"
    cell = ""
    if query.get("one") or query.get("other"):
        cell = ": " + " against ".join(
            "nothing" if (query.get(side) or NOTHING) == NOTHING else str(query[side])
            for side in ("one", "other")
        )
    place = f" in {document.title}" if document else ""
    return f"{what}{label}{who}{cell}{place}"


def kinds_of(part: str, counts: Json, query: Json) -> list[tuple[str, str, int]]:
    """Return the kinds that evidence can be narrowed to, with their numbers."""
    kinds = [(kind, words, counts[kind]) for kind, words in KINDS[part].items()]
    a, b = query.get("a"), query.get("b")
    given = query.get("kind")
    if given in GIVEN:
        kinds.insert(0, (given, GIVEN[given], counts[given]))
    if not a:
        return kinds
    others = b or "the others"
    one_sided = [("only_a", f"Only {a}", counts["only_a"])]
    return [*kinds[:-1], *one_sided, ("only_b", f"Only {others}", counts["only_b"])]
