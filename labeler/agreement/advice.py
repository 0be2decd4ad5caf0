"""What to make of the numbers, in plain sentences: how far they can be trusted, what to do next."""

from collections.abc import Callable, Iterator, Mapping
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


def advice(body: Json) -> list[str]:
    """Return warnings about a report, the gravest first."""
    if not body["documents"]:
        return [
            "No document was labeled by two or more annotators, so there is nothing to compare."
        ]
    return [sentence for rule in _RULES for sentence in rule(body)]


def _too_few(body: Json) -> Iterator[str]:
    documents, spans = body["documents"], body["entities"]["n"]
    if documents < FEW_DOCUMENTS:
        what = "document was" if documents == 1 else "documents were"
        yield (
            f"Only {documents} {what} labeled by two or more annotators. "
            f"With fewer than {FEW_DOCUMENTS} the numbers may still change a lot."
        )
    if spans < FEW_ANNOTATIONS:
        yield f"There are only {spans} entities to compare. The numbers may still change a lot."


def _not_shared(body: Json) -> Iterator[str]:
    pairs = body["entities"]["pairs"]
    apart = [f"{pair['a']} and {pair['b']}" for pair in pairs if not pair["documents"]]
    if len(apart) > _NAMED:
        yield f"{len(apart):,} of {len(pairs):,} pairs of annotators share no documents."
        return
    for names in apart:
        yield f"{names} share no documents. They are not compared."


def _wide(body: Json) -> Iterator[str]:
    strict = body["entities"]["f1"]["strict"]
    if strict["low"] is not None and strict["high"] - strict["low"] > WIDE:
        low, high = f"{strict['low']:.2f}", f"{strict['high']:.2f}"
        yield f"The interval is wide ({low} to {high}). More shared documents make it narrower."


def _boundaries(body: Json) -> Iterator[str]:
    if _apart(body, "type"):
        yield (
            "Annotators mostly differ on where an entity begins and ends. "
            "Sharpen that rule in the guidelines."
        )


def _labels(body: Json) -> Iterator[str]:
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


def _apart_from_all(body: Json) -> Iterator[str]:
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


def _suggested(body: Json) -> Iterator[str]:
    count, suggested = body["entities"]["n"], body["entities"]["from_suggestions"]
    control = body["entities"]["control"]
    if count and suggested / count > MANY_SUGGESTED:
        share = round(100 * suggested / count)
        blind = (
            "" if control["blind"] else " Nobody labeled without them, so nobody can tell how much."
        )
        yield (
            f"{share} % of the entities were suggestions first. "
            f"People who see the same suggestions agree more than they otherwise would.{blind}"
        )
    if control["blind"]:
        share = round(100 * control["blind"] / control["layers"])
        told = f"{share} % of the layers were labeled without suggestions in sight."
        blind, shown = (control[name]["value"] for name in ("f1_blind", "f1_shown"))
        if blind is not None and shown is not None:
            told += f" F1 is {blind:.2f} there, and {shown:.2f} where suggestions were in sight."
        yield told


def _uncovered(body: Json) -> Iterator[str]:
    given = body["relations"]["given_entities"]
    if given["coverage"] is not None and given["coverage"] < 0.5:
        yield (
            f"Only {given['compared']} of {given['of']} relations link entities that both "
            "annotators have. Settle the entities before reading the relations."
        )


_RULES: tuple[Callable[[Json], Iterator[str]], ...] = (
    _too_few,
    _not_shared,
    _wide,
    _suggested,
    _boundaries,
    _labels,
    _apart_from_all,
    _uncovered,
)
