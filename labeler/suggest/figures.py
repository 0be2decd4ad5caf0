"""Dates, times, sums, shares, ages, measures and numbers, found by regular expressions."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from labeler.suggest import gazetteer
from labeler.suggest.finds import Find, Words


class Rule(NamedTuple):
    """A pattern whose first group, or else the whole match, is a `label`."""

    label: str
    score: float
    reason: str
    pattern: re.Pattern[str]


class Figures:
    """Finds the figures of one language; where two patterns claim a place the earlier rule wins."""

    def __init__(self, language: str) -> None:
        self._counted = language == "en"
        self._rules = tuple(_english() if language == "en" else _any(language))

    def __call__(self, text: Words) -> Iterator[Find]:
        """Yield what the rules find, no two overlapping, only on token borders."""
        taken: set[int] = set()
        for label, score, reason, pattern in self._rules:
            group = 1 if pattern.groups else 0
            for match in pattern.finditer(text.text):
                tokens = text.tokens(*match.span(group))
                if tokens and taken.isdisjoint(range(*tokens)):
                    taken.update(range(*tokens))
                    yield Find(*tokens, label, score, reason)
        for match in _COUNTED.finditer(text.text) if self._counted else ():
            tokens = text.tokens(*match.span())
            if tokens and taken.isdisjoint(range(*tokens)):
                label, score, reason = _COUNTED_KINDS[match.lastgroup or "number"]
                yield Find(*tokens, label, score, reason)


def plainer(text: Words, figures: Iterable[Find]) -> Iterator[Find]:
    """Yield what figures are where a scheme has no label of their own for them.

    A share or a measure is a number then, without its unit; an age or a part of a day is a date.
    """
    for find in figures:
        if find.label in ("PERCENT", "QUANTITY") or find.reason == "age after a name":
            end = next(
                (i for i in range(find.start, find.end) if not _NUMBER.match(text.words[i])),
                find.end,
            )
            if end > find.start:
                yield Find(find.start, end, "CARDINAL", 0.75, "number")
        elif find.end - find.start > 1 and find.reason in ("age", "part of the day"):
            yield find._replace(label="DATE", score=0.75)


def _either(words: list[str]) -> str:
    return "|".join(
        sorted((re.escape(word) for word in words), key=lambda word: (-len(word), word))
    )


# ---- English ---------------------------------------------------------------------------------

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_UNITS = "two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_SPELLED = rf"(?i:(?:{_TENS})(?:-(?:one|{_UNITS}))?|{_TEENS}|{_UNITS})"
_SCALE = "hundred|thousand|million|billion|trillion|lakh|crore|dozen"
_COUNT = (
    rf"(?:(?:{_NUM})(?:[ -](?:{_SCALE}|mn|bn|tn))?"
    rf"|(?:{_SPELLED}|an?|one)(?: (?:{_SCALE}))+|{_SPELLED})"
)
_NUMBER = re.compile(rf"(?:\d[\d,.]*|{_SPELLED}|{_SCALE}|one)$", re.IGNORECASE)
_PERIOD = "years?|months?|weeks?|days?|decades?|centuries|century"
_SEASON = "spring|summer|autumn|winter"
_UNIT = (
    "km|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|feet|foot|ft|inch(?:es)?|cm|mm|centimet(?:re|er)s?"
    "|kg|kilos?|kilograms?|grams?|tonnes?|tons?|ounces|lit(?:re|er)s?|gallons?|barrels?|acres?"
    "|hectares?|mph|kph|km/h|knots|degrees(?: (?:Celsius|Fahrenheit))?|°[CF]|megawatts?|gigawatts?"
    "|MW|GW|kilowatts?|square (?:kilomet(?:re|er)s|met(?:re|er)s|miles|feet)|nautical miles"
)
_CURRENCY = (
    "dollars?|euros?|pounds(?: sterling)?|yen|yuan|renminbi|rupees?|roubles?|rubles?|won|francs?"
    "|kronor|kroner|pesos?|rands?|liras?|dirhams?|riyals?|shekels?|cents|pence"
)
_CLOCK = r"\d{1,2}[:.]\d{2}"
_HALF = r"(?:[ap]\.m\.|[ap]m\b)"
_ZONE = r"(?: (?:GMT|UTC|BST|CET|CEST|EST|EDT|PST|PDT|IST|local time))?"


def _english() -> Iterator[Rule]:
    months = gazetteer.months("en")
    short = _either([name for name in months if name[:3] == name and name != "May"] + ["Sept"])
    month = rf"{_either([name for name in months if len(name) > 3])}|(?:{short})(?:\.|\b)"
    weekday = _either(gazetteer.weekdays("en"))
    for label, score, reason, pattern in (
        *_english_dates(rf"(?:{month}|May)", rf"(?:{month})", rf"(?:{weekday})"),
        *_ENGLISH_TIMES,
        *_ENGLISH_AMOUNTS,
    ):
        yield Rule(label, score, reason, re.compile(pattern))


def _english_dates(
    month: str, sure_month: str, weekday: str
) -> Iterator[tuple[str, float, str, str]]:
    day, year = r"\d{1,2}(?:st|nd|rd|th)?", r"(?:1[0-9]|20)\d{2}"
    this = "(?i:last|next|this|that|past|previous|following|coming|every|each)"
    when = "(?i:early|late|mid|earlier|later)[ -]"
    yield (
        "DATE", 0.95, "date",
        rf"\b((?:{weekday},? )?(?:the )?(?:{month} {day}|{day} (?:of )?{month})(?:,? {year})?)"
        r"(?!\w|,\d)",
    )  # fmt: skip
    yield "DATE", 0.95, "date", r"\b(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})\b"
    yield "DATE", 0.95, "month and year", rf"\b((?:{when})?{month},? (?:of )?{year})\b"
    yield (
        "DATE", 0.9, "month",
        rf"\b((?:{when}|(?:{this}) )?{sure_month}(?:[-–]{sure_month})?"
        r"(?: (?:last|next|this|that) year)?)(?![\w-])",
    )  # fmt: skip
    yield (
        "DATE", 0.8, "month",
        r"\b(?i:in|since|until|by|last|next|this|of|late|early|from|to|and|before|after) (May)\b"
        r"(?! [A-Z])",
    )  # fmt: skip
    yield (
        "DATE",
        0.95,
        "weekday",
        rf"\b((?:(?:{this}) )?{weekday})\b(?! (?:morning|night|evening|afternoon))",
    )
    yield (
        "DATE", 0.9, "words for a time",
        rf"\b((?:{when})?(?:the )?(?:{this}) (?:(?:few|several|couple of|{_COUNT}) )?"
        rf"(?:{_PERIOD}|{_SEASON}|weekend|quarter|season|fall)(?! of)|"
        rf"(?:the )?(?:{_SEASON})(?: of)? {year})\b",
    )  # fmt: skip
    yield "DATE", 0.9, "decade", r"\b((?:the )?(?:(?:early|late|mid)[ -])?(?:1[5-9]|20)\d0s)\b"
    yield (
        "DATE",
        0.85,
        "century",
        r"\b((?:the )?(?:\d{1,2}(?:st|nd|rd|th)|twentieth|nineteenth) century)\b",
    )
    yield "DATE", 0.85, "years", rf"\b({year}[-–/]\d{{2}}(?:\d{{2}})?)\b"
    yield (
        "DATE", 0.85, "time ago",
        rf"\b((?:[Aa]|[Ss]everal|[Aa] few|[Aa] couple of) (?:{_PERIOD}) (?:ago|earlier|later))\b",
    )  # fmt: skip
    yield "DATE", 0.8, "word for a day", r"\b([Yy]esterday|[Tt]oday|[Tt]omorrow)\b"
    yield (
        "DATE", 0.85, "year",
        rf"\b(?i:in|since|between|by|until|till|from|to|of|the|a|during|before|after|and|or|its|his|their"
        rf"|early|late|mid|end|around)[ -]({year})\b(?![-%,.]\d|%)(?! [a-z]+s\b)",
    )  # fmt: skip
    yield "DATE", 0.85, "years", rf"(?<![\d,.])({year})(?=(?:,| and| or| to) {year}\b)"
    yield "DATE", 0.7, "year", rf"(?<=\()({year})(?=\))"


_ENGLISH_TIMES = (
    (
        "TIME", 0.9, "time of day",
        rf"\b((?:{_CLOCK}|\d{{1,2}})\s?{_HALF}{_ZONE}|(?:{_CLOCK}|\d{{4}}) ?(?:GMT|UTC|hours))",
    ),
    ("TIME", 0.8, "time of day", r"(?<![\d.:$€£])\b([01]?\d:[0-5]\d|2[0-3]:[0-5]\d)\b(?![:.]\d)"),
    (
        "TIME", 0.8, "part of the day",
        r"\b((?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[Tt]his|[Tt]omorrow|[Yy]esterday|[Ll]ast)"
        r" (?:morning|afternoon|evening|night)|[Tt]onight|midnight|noon)\b",
    ),
)  # fmt: skip

_ENGLISH_AMOUNTS = (
    (
        "MONEY", 0.95, "currency sign",
        rf"(?<!\w)((?:US|A|C|HK|NZ|S)?[$€£¥₹₩₽₺]\s?(?:{_NUM})(?:[–-](?:{_NUM}))?"
        rf"(?:[ -]?(?:{_SCALE}|mn|bn|tn|m|b|k)\b)?)(?!\w)",
    ),
    (
        "MONEY", 0.9, "currency code",
        rf"\b((?:USD|EUR|GBP|CHF|JPY|CNY|INR|Rs\.?) ?(?:{_NUM})(?: (?:{_SCALE}))?)\b",
    ),
    ("AGE", 0.9, "age", r"\b(\d{1,3}[- ]years?[- ]old)\b"),
    ("AGE", 0.9, "age after a name", r"(?<=[a-z]), (\d{1,2})(?=[,.;)](?:\s|$))(?!, \d)"),
    ("AGE", 0.85, "age", r"\b[Aa]ged? (\d{1,3})\b"),
    ("ORDINAL", 0.85, "ordinal number", r"\b(\d+(?:st|nd|rd|th))\b"),
    (
        "ORDINAL", 0.6, "ordinal number",
        r"\b(first|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?!-)",
    ),
)  # fmt: skip

_COUNTED = re.compile(
    rf"(?<![\w.,:/$€£-])(?=[\dA-Za-z])(?!(?<![^\n])\d+[.)]\s)(?P<number>{_COUNT})(?:"
    rf"(?P<ago> (?:{_PERIOD}) (?:ago|earlier|later)\b)"
    rf"|(?P<time> (?:hours|minutes|seconds)\b(?: (?:ago|later|earlier)\b)?)"
    rf"|(?P<span> (?:{_PERIOD})\b(?![ -]old))"
    rf"|(?P<share> ?%| ?per ?cent\b|-percent\b| percentage points?\b|pc\b)"
    rf"|(?P<money> (?:(?:US|U\.S\.|Hong Kong|Singapore|New Zealand|[A-Z][a-z]+(?:ese|an|sh|ss)) )?"
    rf"(?:{_CURRENCY})\b)"
    rf"|(?P<measure>[ -]?(?:{_UNIT})(?!\w))"
    rf"|(?![\w%]|[.,:/-]\d|-[a-z]))"
)
"""A number and what it counts; no group but `number` where it stands alone."""

_COUNTED_KINDS = {
    "ago": ("DATE", 0.85, "time ago"),
    "time": ("TIME", 0.75, "span of time"),
    "span": ("DATE", 0.7, "span of time"),
    "share": ("PERCENT", 0.95, "percentage"),
    "money": ("MONEY", 0.95, "currency name"),
    "measure": ("QUANTITY", 0.9, "measure"),
    "number": ("CARDINAL", 0.8, "number"),
}


# ---- any language ----------------------------------------------------------------------------


def _any(language: str) -> Iterator[Rule]:
    """Yield the rules that CLDR's names and digits alone allow."""
    month, weekday = (
        _either(list(gazetteer.months(language))),
        _either(gazetteer.weekdays(language)),
    )
    number = r"\d{1,3}(?:[., \u202f]\d{3})+|\d+(?:[.,]\d+)?"
    sign = _either(gazetteer.currencies(language))
    year = r"(?:1[5-9]|20)\d{2}"
    if month:
        day = r"\d{1,2}(?:\.|º|er|-(?:е|го))?"
        date = rf"(?<!\w)({day}\s?(?:de |d')?(?:{month})\.?(?:,? (?:de )?{year})?)(?!\w)"
        yield Rule("DATE", 0.95, "date", re.compile(date, re.IGNORECASE))
        yield Rule(
            "DATE", 0.9, "month and year",
            re.compile(rf"(?<!\w)((?:{month})\.? (?:de )?{year})\b", re.IGNORECASE),
        )  # fmt: skip
    if weekday:
        yield Rule("DATE", 0.8, "weekday", re.compile(rf"(?<!\w)((?:{weekday}))(?!\w)"))
    yield Rule(
        "DATE", 0.9, "date", re.compile(r"\b(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})\b")
    )
    yield Rule(
        "MONEY", 0.9, "currency sign", re.compile(rf"(?<!\w)((?:{sign})\s?(?:{number}))(?!\w)")
    )
    yield Rule(
        "MONEY", 0.9, "currency sign", re.compile(rf"(?<!\w)((?:{number})\s?(?:{sign}))(?!\w)")
    )
    yield Rule("PERCENT", 0.95, "percentage", re.compile(rf"(?<!\w)((?:{number})\s?%)"))
    yield Rule("DATE", 0.7, "year", re.compile(rf"(?<![\w.,])({year})(?![\w%]|[.,]\d)"))
    yield Rule(
        "CARDINAL", 0.85, "number", re.compile(rf"(?<![\w.,:/-])({number})(?![\w%]|[.,:/-]\d)")
    )
