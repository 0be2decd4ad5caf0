"""What to make of the numbers, in plain sentences: how far they can be trusted, what to do next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

Json = Mapping[str, Any]
_NAMED = 3
"""Pairs without shared documents that are told by name; of more, only how many."""

FEW_DOCUMENTS = 8
FEW_ANNOTATIONS = 50
WIDE = 0.2
"""An interval wider than this says little."""
GAP = 0.1
"""Values that lie further apart than this tell a story."""
MANY_SUGGESTED = 0.3
"""Share of annotations that were suggestions first, from which they may inflate agreement."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Words of a sentence that tell a number, and the comparisons of a part that it is made of;
    without a part, the shared documents."""

    words: str
    part: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence, and what its numbers open, in the order of the words."""

    text: str
    opens: tuple[Opened, ...] = ()

    def __str__(self) -> str:
        return self.text


Sentence = Advice | str
"""What a rule tells, with what its numbers open or without."""


def advice(body: Json) -> list[Advice]:
    """Return warnings about a report, the gravest first."""
    if not body["documents"]:
        return [
            Advice(
                "No document was labeled by two or more annotators, so there is nothing to compare."
            )
        ]
    return [
        told if isinstance(told, Advice) else Advice(told) for rule in _RULES for told in rule(body)
    ]


def _too_few(body: Json) -> Iterator[Sentence]:
    documents = body["documents"]
    if documents < FEW_DOCUMENTS:
        counted, were = (
            (f"{documents} documents", "were") if documents > 1 else ("1 document", "was")
        )
        yield Advice(
            f"Only {counted} {were} labeled by two or more annotators. "
            f"With fewer than {FEW_DOCUMENTS} the numbers may still change a lot.",
            (Opened(counted),),
        )
    if body["entities"]["n"] < FEW_ANNOTATIONS:
        yield (
            f"There are fewer than {FEW_ANNOTATIONS} entities to compare. "
            "The numbers may still change a lot."
        )


def _not_shared(body: Json) -> Iterator[Sentence]:
    pairs = body["entities"]["pairs"]
    apart = [f"{pair['a']} and {pair['b']}" for pair in pairs if not pair["documents"]]
    if len(apart) > _NAMED:
        yield "Many pairs of annotators share no documents. They are not compared."
        return
    for names in apart:
        yield f"{names} share no documents. They are not compared."


def _wide(body: Json) -> Iterator[Sentence]:
    strict = body["entities"]["f1"]["strict"]
    if strict["low"] is not None and strict["high"] - strict["low"] > WIDE:
        low, high = f"{strict['low']:.2f}", f"{strict['high']:.2f}"
        yield f"The interval is wide ({low} to {high}). More shared documents make it narrower."


def _boundaries(body: Json) -> Iterator[Sentence]:
    if _apart(body, "type"):
        yield (
            "Annotators mostly differ on where an entity begins and ends. "
            "Sharpen that rule in the guidelines."
        )


def _labels(body: Json) -> Iterator[Sentence]:
    if _apart(body, "boundary"):
        cells = _confused(body)
        most = max(cells, key=lambda labels: cells[labels], default=None)
        named = f", most often {most[0]} and {most[1]}" if most and cells[most] else ""
        yield f"Annotators find the same entities but label them differently{named}."


def _apart(body: Json, looser: str) -> bool:
    f1 = body["entities"]["f1"]
    strict, other = f1["strict"]["value"], f1[looser]["value"]
    return strict is not None and other - strict > GAP


def _confused(body: Json) -> dict[tuple[str, str], int]:
    """Return how often each two labels were given to matched entities."""
    cells = [pair["confusion"] for pair in body["entities"]["pairs"]]
    return {
        (one, other): sum(
            cell.get(f"{one}|{other}", 0) + cell.get(f"{other}|{one}", 0) for cell in cells
        )
        for one, other in combinations(body["entities"]["by_label"], 2)
    }


def _apart_from_all(body: Json) -> Iterator[Sentence]:
    own = body["entities"]["by_annotator"]
    known = {name: score["value"] for name, score in own.items() if score["value"] is not None}
    if len(known) < 3:
        return
    for name, value in known.items():
        others = [other for someone, other in known.items() if someone != name]
        if min(others) - value > GAP / 2 and _without(body, name) - value > GAP:
            yield f"{name} agrees less with everybody than the others do among themselves."


def _without(body: Json, name: str) -> float:
    """Return the mean value of the pairs that an annotator is not in."""
    pairs = [pair for pair in body["entities"]["pairs"] if name not in (pair["a"], pair["b"])]
    values = [pair["f1"]["strict"]["value"] for pair in pairs]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def _suggested(body: Json) -> Iterator[Sentence]:
    compared, suggested = sum(body["entities"]["kinds"].values()), body["entities"]["suggested"]
    blind = body["entities"]["control"]["blind"]
    if compared and suggested / compared > MANY_SUGGESTED:
        share = f"{round(100 * suggested / compared)} %"
        unknown = "" if blind else " Nobody labeled without them, so nobody can tell how much."
        yield Advice(
            f"{share} of what is compared were suggestions first. "
            f"People who see the same suggestions agree more than they otherwise would.{unknown}",
            (Opened(share, "entities", "suggested"),),
        )
    if blind:
        yield _control(body["entities"]["control"])


def _control(control: Json) -> Advice:
    """Return how those who had no suggestions in sight agree, beside those who had."""
    blind, shown = (control[name]["value"] for name in ("f1_blind", "f1_shown"))
    if blind is None:
        return Advice(
            "Somebody labeled without suggestions in sight, but no two the same document: "
            "nobody can tell how much they change."
        )
    beside = "" if shown is None else f", and {shown:.2f} where both had them"
    opens = [Opened(f"{blind:.2f}", "entities", "blind")]
    if shown is not None:
        opens.append(Opened(f"{shown:.2f}", "entities", "shown"))
    text = f"Where both had no suggestions in sight, F1 is {blind:.2f}{beside}."
    return Advice(text, tuple(opens))


def _uncovered(body: Json) -> Iterator[Sentence]:
    given = body["relations"]["given_entities"]
    if given["coverage"] is not None and given["coverage"] < 0.5:
        counted = f"{given['compared']} of {given['of']} relations"
        yield Advice(
            f"Only {counted} link entities that both annotators have. "
            "Settle the entities before reading the relations.",
            (Opened(counted, "relations", "given_entities"),),
        )


_RULES: tuple[Callable[[Json], Iterator[Sentence]], ...] = (
    _too_few,
    _not_shared,
    _wide,
    _suggested,
    _boundaries,
    _labels,
    _apart_from_all,
    _uncovered,
)
