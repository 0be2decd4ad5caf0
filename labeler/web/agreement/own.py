"""What a person's own page shows of their agreement with gold and with their earlier self."""

from dataclasses import dataclass

from labeler.web.agreement.figures import KINDS, Figure, Json, figure_of, note_of


@dataclass(frozen=True, slots=True)
class Held:
    """How far a person agrees with gold or with their first submissions: the figures, each with
    what asks for its comparisons, and how often entities differ in which way."""

    name: str
    documents: int
    figures: list[tuple[Figure, dict[str, str]]]
    kinds: list[tuple[str, str, int]]


def page(held: Json) -> list[Held]:
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
        note = note_of(one, (part,))
        figure = Figure(f"{words}, F1", one["value"], one["low"], one["high"], note)
        figures.append((figure, {"part": part}))
    for one in found["categories"]:
        figure = figure_of(one, ("observed",), f"{one['group']}, same")
        figures.append((figure, {"part": "categories", "group": one["group"]}))
    return figures


def _own_kinds(pair: Json) -> list[tuple[str, str, int]]:
    other = "gold" if pair["b"] == "gold" else "at first"
    words = {**KINDS["entities"], "only_a": f"Only {pair['a']}", "only_b": f"Only {other}"}
    return [(kind, words[kind], count) for kind, count in pair["kinds"].items() if count]
