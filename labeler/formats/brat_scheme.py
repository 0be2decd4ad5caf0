"""brat's `annotation.conf` as a scheme, and a scheme as that.

The format: https://brat.nlplab.org/configuration.html. Types that stand indented below another are
kinds of it: where that is allowed, so are they. Events become the labels of their triggers, their
roles relations, as `brat` files are imported; attributes are declared by the labels they are for.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from labeler.schema import (
    MAX_DECLARED,
    MAX_VALUES,
    EntityLabel,
    RelationLabel,
    Scheme,
    is_attribute_word,
)

# ---- in --------------------------------------------------------------------------------------


_SECTION = re.compile(r"\[(entities|relations|events|attributes|labels)\]\s*")
_MACRO = re.compile(r"(<[\w-]+>)=(.*)")
_WITHIN = 5
"""How deep macros are spelled out within macros: one may name itself."""
_LONGEST = 100_000
"""Characters that a line may have with its macros spelled out."""
_NAME = re.compile(r"<[\w-]+>")
_ROLE = re.compile(r"(.+?)(?:[?*+]|\{\d+(?:-\d+)?\})?")
Line = tuple[int, str, list[str]]
"""How far a type is indented, its name, and its arguments."""


def is_configuration(source: str) -> bool:
    """Tell whether a text is an `annotation.conf`: a section begins, behind macros at most."""
    lines = (line for line in _lines(source) if not _MACRO.fullmatch(line))
    return _SECTION.fullmatch(next(lines, "")) is not None


def plain_scheme(source: str) -> dict[str, Any]:
    """Return the scheme that an `annotation.conf` says, in the plain values of a scheme file."""
    sections = _sections(source)
    entities, events = _Types(sections["entities"]), _Types(sections["events"])
    ends = _Ends(entities, events)
    relations: dict[str, _Relation] = {}
    for _, name, arguments in sections["relations"]:
        said = dict(argument.partition(":")[::2] for argument in arguments)
        first, second = (said.get(f"Arg{number}", "") for number in (1, 2))
        symmetric = "symmetric" in said.get("<REL-TYPE>", "")
        _relation(relations, name).take(ends.of(first), ends.of(second), symmetric)
    for _, name, arguments in sections["events"]:
        for argument in arguments:
            role, _, targets = argument.partition(":")
            label = _ROLE.fullmatch(role)[1].rstrip("0123456789")  # type: ignore[index]
            _relation(relations, label or role).take(
                ends.of(name.removeprefix("!")), ends.of(targets), False
            )
    names = dict.fromkeys([*entities.usable, *events.usable])
    attributes = _Attributes(ends, relations)
    for _, name, arguments in sections["attributes"]:
        attributes.take(name, arguments)
    return {
        "entities": [{"name": name, **attributes.of(name)} for name in names],
        "relations": [
            {**relation.plain(len(names)), **attributes.of(name)}
            for name, relation in relations.items()
        ],
    }


def _lines(source: str) -> list[str]:
    lines = (line.rstrip() for line in source.lstrip("\ufeff").splitlines())
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _sections(source: str) -> dict[str, list[Line]]:
    """Return the types of each section, macros spelled out."""
    kinds = ("entities", "relations", "events", "attributes")
    found: dict[str, list[Line]] = {name: [] for name in kinds}
    lines = _lines(source)
    macros = {told[1]: told[2] for line in lines if (told := _MACRO.fullmatch(line.strip()))}
    section = ""
    for line in lines:
        head = _SECTION.fullmatch(line)
        section = head[1] if head else section
        aside = head or _MACRO.fullmatch(line.strip()) or re.match(r"\s*(?:-{3,}|<OVERLAP>)", line)
        if section in found and not aside:
            names, *rest = _spelled_out(line, macros).split(maxsplit=1)
            arguments = [argument.strip() for argument in "".join(rest).split(",")]
            depth = len(line) - len(line.lstrip())
            name = names.partition("|")[0]  # the others are synonyms
            found[section].append((depth, name, [each for each in arguments if ":" in each]))
    return found


def _spelled_out(line: str, macros: Mapping[str, str]) -> str:
    for _ in range(_WITHIN):
        bodies = [macros[name] for name in _NAME.findall(line) if name in macros]
        if not bodies or len(line) + sum(map(len, bodies)) > _LONGEST:
            break
        line = _NAME.sub(lambda found: macros.get(found[0], found[0]), line)
    return line


class _Types:
    """The types of a section; a name with `!` only stands for those below it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.usable: list[str] = []
        self.below: dict[str, list[str]] = {}
        above: list[tuple[int, str]] = []
        for depth, marked, _ in lines:
            name = marked.removeprefix("!")
            above = [each for each in above if each[0] < depth]
            above.append((depth, name))
            for _, parent in above:
                self.below.setdefault(parent, [])
                if name == marked:
                    self.below[parent].append(name)
            if name == marked:
                self.usable.append(name)


class _Ends:
    """Which labels an argument allows."""

    def __init__(self, entities: _Types, events: _Types) -> None:
        self._below = {**events.below, **entities.below}
        self._groups = {
            "<ENTITY>": entities.usable,
            "<EVENT>": events.usable,
            "<ANY>": [*entities.usable, *events.usable],
        }

    def of(self, value: str) -> tuple[list[str], list[str]]:
        """Return the labels of an argument such as `A|B|<EVENT>`, and the names that are none."""
        known: list[str] = []
        unknown: list[str] = []
        for name in _between_bars(value):
            there = self._groups.get(name, self._below.get(name))
            (unknown.append(name) if there is None else known.extend(there))
        return known, unknown


def _between_bars(value: str) -> list[str]:
    return [name for name in value.split("|") if name]


class _Relation:
    """A relation as its lines add up: one name may have several."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._ends: tuple[dict[str, None], dict[str, None]] = ({}, {})
        self._unknown: dict[str, None] = {}
        self._symmetric = False

    def take(
        self,
        head: tuple[list[str], list[str]],
        tail: tuple[list[str], list[str]],
        symmetric: bool,
    ) -> None:
        """Allow what a line allows."""
        for end, (known, unknown) in zip(self._ends, (head, tail), strict=True):
            end.update(dict.fromkeys(known))
            self._unknown.update(dict.fromkeys(unknown))
        self._symmetric |= symmetric

    def plain(self, labels: int) -> dict[str, Any]:
        """Return it as a scheme file has it; all of so many labels are any."""
        head, tail = ([] if len(end) == labels else list(end) for end in self._ends)
        lost = ", ".join(self._unknown)
        told = {"description": f"No labels of annotation.conf: {lost}"} if lost else {}
        ends = {"head": head, "tail": tail, "symmetric": self._symmetric}
        return {"name": self._name, **ends, **told}


def _relation(relations: dict[str, _Relation], name: str) -> _Relation:
    return relations.setdefault(name, _Relation(name))


class _Attributes:
    """What labels declare, as the lines add up: one attribute may have several.

    What a scheme cannot declare, a name or a value with a colon or more values than there may be,
    stays free.
    """

    def __init__(self, ends: _Ends, relations: Collection[str]) -> None:
        self._ends = ends
        self._relations = relations
        self._declared: dict[str, dict[str, dict[str, None]]] = {}

    def take(self, name: str, arguments: Sequence[str]) -> None:
        """Declare what a line says, for all labels that it names.

        Values are in a list, or each is the name of the sign that it is shown by.
        """
        said = dict(argument.partition(":")[::2] for argument in arguments)
        signs = [value for value in said if value not in ("Arg", "Value") and value[:1] != "<"]
        values = dict.fromkeys([*_between_bars(said.get("Value", "")), *signs])
        name = name.removeprefix("!")
        if not is_attribute_word(name):
            return
        for label in self._labels(said.get("Arg", "")):
            declared = self._declared.setdefault(label, {})
            free = name in declared and not (declared[name] and values)
            declared[name] = {} if free else declared.get(name, {}) | values

    def _labels(self, value: str) -> Iterator[str]:
        known, unknown = self._ends.of(value)
        yield from known
        if {"<RELATION>", "<ANY>"} & {*_between_bars(value)}:
            yield from self._relations
        yield from (name for name in unknown if name in self._relations)

    def of(self, label: str) -> dict[str, Any]:
        """Return what a label declares, as a scheme file has it."""
        there = list(self._declared.get(label, {}).items())[:MAX_DECLARED]
        plain = [
            {"name": name, "values": list(values) if _listable(values) else []}
            for name, values in there
        ]
        return {"attributes": plain} if plain else {}


def _listable(values: Collection[str]) -> bool:
    return len(values) <= MAX_VALUES and all(map(is_attribute_word, values))


# ---- out -------------------------------------------------------------------------------------


Used = Mapping[str, Collection[str]]
"""The labels that had each attribute."""


def word(name: str) -> str:
    """Return a name as brat takes it: without white space."""
    return "_".join(name.split())


def configuration(scheme: Scheme, of_entities: Used, of_relations: Used) -> str:
    """Return `annotation.conf`: labels, what relations may link, attributes declared and in use."""
    lines = ["[entities]", "", *(word(label.name) for label in scheme.entities), ""]
    lines += ["[relations]", ""]
    for label in scheme.relations:
        head, tail = ("|".join(map(word, ends)) or "<ENTITY>" for ends in (label.head, label.tail))
        kind = ", <REL-TYPE>:symmetric" if label.symmetric else ""
        lines.append(f"{word(label.name)} Arg1:{head}, Arg2:{tail}{kind}")
    lines += ["<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>", ""]
    lines += ["[events]", "", "[attributes]", ""]
    lines += _attribute_lines(scheme.entities, of_entities, "<ENTITY>")
    lines += _attribute_lines(scheme.relations, of_relations, "<RELATION>")
    return "\n".join(lines) + "\n"


def _attribute_lines(
    labels: Sequence[EntityLabel | RelationLabel], used: Used, everything: str
) -> Iterator[str]:
    """Yield a line for each attribute and list of its values, with the labels that have it."""
    declared: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for label in labels:
        for each in label.attributes:
            values = each.values if all(_is_plain(value) for value in each.values) else ()
            of_name = declared.setdefault(word(each.name), {})
            of_name.setdefault(values, []).append(label.name)
    for name in sorted({*declared, *used}):
        of_name = declared.get(name, {})
        free = set(used.get(name, ())).difference(*of_name.values())
        if free and of_name:
            of_name.setdefault((), []).extend(sorted(free))
        for values, names in of_name.items() or [((), [])]:
            which = "|".join(map(word, names)) or everything
            listed = f", Value:{'|'.join(values)}" if values else ""
            yield f"{name} Arg:{which}{listed}"


def _is_plain(value: str) -> bool:
    return not re.search(r"[\s|]", value)
