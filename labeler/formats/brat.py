"""brat's standoff: an article in `.txt`, its annotations in `.ann`, the scheme beside them.

The format: https://brat.nlplab.org/standoff.html. Offsets are code points.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any, BinaryIO, ClassVar

from labeler.errors import Problem
from labeler.formats import Beside, Exported, Imported, nothing_beside
from labeler.formats.brat_scheme import configuration, word
from labeler.formats.drafts import Draft
from labeler.formats.lines import with_text
from labeler.formats.outgoing import ByRecord, Outgoing
from labeler.schema import Entity, Relation

NOTE = "note"
"""The attribute that notes of annotators become."""
REFERENCE = "reference "
"""How attributes begin that hold normalisations: the name of the resource follows."""
EQUIVALENT = "Equiv"
"""The label of the relations that equivalences become."""
_BREAK = re.compile(r"\r\n|\r|\n")
_PLACE = re.compile(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)")


# ---- in --------------------------------------------------------------------------------------


class BratImporter:
    """Reads an `.ann` file with the `.txt` beside it."""

    name: ClassVar[str] = "brat"
    title: ClassVar[str] = "brat standoff: .ann files beside their .txt"
    suffixes: ClassVar[tuple[str, ...]] = (".ann",)
    companions: ClassVar[tuple[str, ...]] = (
        ".txt", "annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf",
    )  # fmt: skip
    layered: ClassVar[bool] = True

    def read(
        self, stream: BinaryIO, file: str, beside: Beside = nothing_beside
    ) -> Iterator[Imported | Problem]:
        """Yield the article with its annotations.

        An event becomes its trigger with a relation for each argument; an equivalence relations
        between each two; notes and normalisations attributes.
        """
        found = with_text(stream, file, beside)
        if isinstance(found, list):
            yield from found
            return
        document, lines = found
        draft = Draft(replace(document, meta={"source": f"{document.id}.txt"}), file, named=False)
        _Lines(draft).read(lines)
        yield from draft.done()


def _across(text: str, extents: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return extents with those joined that only a line break parts: brat has to cut there."""
    joined = extents[:1]
    for start, end in extents[1:]:
        gap = text[joined[-1][1] : start]
        if gap and not gap.strip("\r\n"):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


_KNOWN = "TER*AMN#"
_ROUNDS = ("T", "E", "ER*", "AMN#?")
"""Kinds of lines in an order in which what a line names is known: events first by their trigger."""


class _Lines:
    """The lines of one `.ann` file, entities first: other lines may come before what they name."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._events = 0
        self._kinds = {"T": self._entity, "R": self._relation, "*": self._equivalence,
                       "A": self._attribute, "M": self._attribute, "N": self._reference,
                       "#": self._note, "E": self._arguments, "?": self._unknown}  # fmt: skip

    def read(self, content: str) -> None:
        """Take every line, in an order in which what a line names is known."""
        numbered = enumerate(_BREAK.split(content), start=1)
        lines = [(number, line) for number, line in numbered if line.strip()]
        for kinds in _ROUNDS:
            for number, line in lines:
                key, _, rest = line.partition("\t")
                kind = line[0] if rest.strip() and line[0] in _KNOWN else "?"
                if kind in kinds:
                    take = self._trigger if kinds == "E" else self._kinds[kind]
                    take(key, rest, number)
        if self._events:
            message = f"{self._events} events became their triggers, with a relation an argument."
            self._draft.tell(message, code="ignored")

    def _unknown(self, key: str, rest: str, line: int) -> None:
        self._draft.tell(f"This is no line of brat's: {f'{key} {rest}'[:60]!r}.", line)

    def _entity(self, key: str, rest: str, line: int) -> None:
        place, _, text = rest.partition("\t")
        found = _PLACE.fullmatch(place.strip())
        if found is None:
            self._draft.tell(f"{place[:60]!r} is no label with offsets.", line)
            return
        borders = [part.split() for part in found[2].split(";")]
        extents = _across(self._draft.document.text, [(int(a), int(b)) for a, b in borders])
        self._draft.entity(key, extents, found[1], text=text or None, line=line)

    def _relation(self, key: str, rest: str, line: int) -> None:
        label, *arguments = rest.split()
        ends = [argument.partition(":")[2] for argument in arguments]
        if len(ends) != 2:
            self._draft.tell(f"A relation has two ends, {label} has {len(ends)}.", line)
            return
        self._draft.relation(key, (ends[0], ends[1]), label, line=line)

    def _equivalence(self, key: str, rest: str, line: int) -> None:
        label, *names = rest.split()
        for head, tail in combinations(names, 2):
            self._draft.relation(f"{key}{head}-{tail}", (head, tail), label, line=line)

    def _attribute(self, key: str, rest: str, line: int) -> None:
        name, _, about = rest.strip().partition(" ")
        target, _, value = about.partition(" ")
        if not self._draft.attributes(target, {name: value or True}, line):
            self._lost(key, target, line)

    def _reference(self, key: str, rest: str, line: int) -> None:
        about, _, words = rest.partition("\t")
        _, target, reference, *_ = (*about.split(), "", "", "")
        resource, _, entry = reference.partition(":")
        value = f"{entry}\t{words}" if words else entry
        if not self._draft.attributes(target, {REFERENCE + resource: value}, line):
            self._lost(key, target, line)

    def _note(self, key: str, rest: str, line: int) -> None:
        about, _, words = rest.partition("\t")
        kind, _, target = about.partition(" ")
        name = NOTE if kind == "AnnotatorNotes" else f"{NOTE} {kind}"
        if words and not self._draft.attributes(target, {name: words}, line):
            self._lost(key, target, line)

    def _trigger(self, key: str, rest: str, line: int) -> None:
        """Let an event stand for its trigger, which is an entity."""
        trigger = rest.split(maxsplit=1)[0].partition(":")[2]
        self._events += self._draft.alias(key, trigger)
        if not self._draft.knows(key):
            self._draft.tell(f"Event {key} has no trigger that was taken.", line)

    def _arguments(self, key: str, rest: str, line: int) -> None:
        """Take each argument of an event as a relation from its trigger, named for its role."""
        if self._draft.knows(key):
            for number, argument in enumerate(rest.split()[1:]):
                role, _, target = argument.partition(":")
                label = role.rstrip("0123456789") or role
                self._draft.relation(f"{key}-{number}", (key, target), label, line=line)

    def _lost(self, key: str, target: str, line: int) -> None:
        self._draft.tell(f"{key} is about {target!r}, which was not taken.", line, "attribute")


# ---- out -------------------------------------------------------------------------------------


class BratExporter(ByRecord):
    """Writes a `.txt` and an `.ann` for each article, and `annotation.conf`."""

    name: ClassVar[str] = "brat"
    title: ClassVar[str] = "brat standoff, with annotation.conf"
    keeps: ClassVar[frozenset[str]] = frozenset(
        ("text", "overlapping entities", "relations", "parts", "attributes")
    )

    def __init__(self) -> None:
        self._used: Used = {Entity: {}, Relation: {}}

    def add(self, record: Exported, out: Outgoing) -> None:
        """Write text and annotations; where several people labeled, into a folder of each."""
        text = out.path(record, ".txt")
        text.write_bytes(record.document.text.encode())
        lines = _lines_of(record, out, self._used)
        text.with_suffix(".ann").write_bytes("".join(f"{line}\n" for line in lines).encode())

    def end(self, out: Outgoing) -> None:
        """Write the configuration, with the attributes that there were."""
        written = configuration(out.scheme, self._used[Entity], self._used[Relation])
        (out.folder / "annotation.conf").write_text(written, encoding="utf-8")


Used = dict[type, dict[str, set[str]]]
"""The labels of entities and of relations that had each attribute."""


def _lines_of(record: Exported, out: Outgoing, used: Used) -> list[str]:
    text = record.document.text
    entities, relations = out.fitting(record, lambda entity: _broken(text, entity))
    out.renamed(record, [*entities, *relations], word)
    keys = {entity.id: f"T{number}" for number, entity in enumerate(entities, start=1)}
    lines = [_entity_line(keys[entity.id], entity, text) for entity in entities]
    for number, relation in enumerate(relations, start=1):
        keys[relation.id] = f"R{number}"
        ends = f"Arg1:{keys[relation.head]} Arg2:{keys[relation.tail]}"
        lines.append(f"R{number}\t{word(relation.label)} {ends}\t")
    lines += _notes(record, [*entities, *relations], keys, out, used)
    return lines


def _broken(text: str, entity: Entity) -> str | None:
    ends = [text[place] for start, end in entity.extents() for place in (start, end - 1)]
    return "brat has none with a line break at an end." if {"\r", "\n"} & {*ends} else None


def _entity_line(key: str, entity: Entity, text: str) -> str:
    places: list[str] = []
    words: list[str] = []
    for start, end in entity.extents():
        for first, last in _unbroken(text, start, end):
            places.append(f"{first} {last}")
            words.append(text[first:last])
    return f"{key}\t{word(entity.label)} {';'.join(places)}\t{' '.join(words)}"


def _unbroken(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a span in pieces without line breaks, as brat has those that cross lines."""
    for piece in re.finditer(r"[^\r\n]+", text[start:end]):
        yield start + piece.start(), start + piece.end()


def _notes(
    record: Exported,
    items: Iterable[Entity | Relation],
    keys: dict[str, str],
    out: Outgoing,
    used: Used,
) -> Iterator[str]:
    """Yield the lines of attributes, notes and normalisations; what they cannot say is told."""
    numbers = dict.fromkeys("A#N", 0)
    for item in items:
        for name, value in sorted((item.attributes or {}).items()):
            problem = _unsayable(name, value)
            if problem:
                out.tell(record, item, "attributes", problem)
            if problem and "goes out" not in problem:
                continue
            kind, line = _note(name, value, keys[item.id])
            numbers[kind] += 1
            if kind == "A":
                used[type(item)].setdefault(word(name), set()).add(item.label)
            yield f"{kind}{numbers[kind]}\t{line}"


def _note(name: str, value: Any, target: str) -> tuple[str, str]:
    """Return the kind of line that says an attribute, and the line."""
    if name == NOTE and isinstance(value, str):
        return "#", f"AnnotatorNotes {target}\t{value}"
    if name.startswith(REFERENCE) and isinstance(value, str):
        entry, _, words = value.partition("\t")
        return "N", f"Reference {target} {name.removeprefix(REFERENCE)}:{entry}\t{words}"
    return "A", f"{word(name)} {target}" + ("" if value is True else f" {value}")


def _unsayable(name: str, value: Any) -> str | None:
    """Return what is lost of an attribute, None where it goes out as it is."""
    text = value if isinstance(value, str) else "x"
    is_edged = name != NOTE and text != text.strip()
    if value is False or not text.strip() or is_edged or len(text.splitlines()) > 1:
        return f"brat cannot hold the value of {name!r}."
    resource, entry = name.removeprefix(REFERENCE), text.partition("\t")[0]
    if name.startswith(REFERENCE) and isinstance(value, str):
        if len(resource.split()) == len(entry.split()) == 1 and ":" not in resource:
            return None
        return f"brat cannot hold the reference {name!r}."
    if name != word(name):
        return f"Its attribute {name!r} goes out as {word(name)!r}."
    if not isinstance(value, str | bool):
        return f"The value of {name!r} goes out as text."
    return None
