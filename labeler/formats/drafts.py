"""An article on its way in: takes what a file says of it, and tells what does not fit."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from labeler.errors import Problem
from labeler.formats import Imported, document_problem
from labeler.schema import (
    MAX_ATTRIBUTE,
    MAX_ATTRIBUTES,
    MAX_LABEL,
    MAX_NUMBER,
    Category,
    Document,
    Entity,
    Layer,
    Relation,
    Status,
    Suggestion,
    entity_faults,
)

_ID = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_LABEL = re.compile(rf"[^\x00-\x1f\x7f]{{1,{MAX_LABEL}}}")
Extent = tuple[int, int]


class Draft:
    """The annotations of one article, by the keys they have in their file.

    Whatever does not fit is told with its `line` and left out; the rest is kept.
    """

    def __init__(
        self, document: Document, file: str, line: int | None = None, *, named: bool = True
    ) -> None:
        self.document = document
        self._named = named
        self.problems: list[Problem] = []
        self._file = file
        self._line = line
        self._places: dict[Any, str] = {}
        self._ids: set[str] = set()
        self._said: dict[tuple[object, ...], str] = {}
        self._entities: dict[str, Entity] = {}
        self._relations: dict[str, Relation] = {}
        self._categories: list[Category] = []

    def tell(self, message: str, line: int | None = None, code: str = "invalid") -> None:
        """Keep what did not fit, for the report."""
        self.problems.append(Problem(message, file=self._file, line=line or self._line, code=code))

    def entity(
        self,
        key: object,
        extents: Sequence[tuple[Any, Any]],
        label: str,
        *,
        text: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        origin: dict[str, Any] | None = None,
        line: int | None = None,
    ) -> bool:
        """Take an entity; two or more `extents` are its parts. Tell whether it fits.

        `text` is what the file says it reads: where the article reads otherwise, the offsets are
        wrong, and it is refused. One that is there already stands for this one as well.
        """
        if not extents or any(type(border) is not int for extent in extents for border in extent):
            self.tell(f"Entity {str(key)[:60]!r}: it says no place in the text.", line)
            return False
        extents = _joined(extents)
        start, end = extents[0][0], max(end for _, end in extents)
        parts = tuple(extents) if len(extents) > 1 else ()
        entity = Entity(self._id(key, "e"), start, end, label, origin, parts)
        problem = self._label_problem(label) or next(
            (message for _, message in entity_faults(entity, len(self.document.text))), None
        )
        if problem is None and text is not None and not _reads(self.document.text, extents, text):
            found = " ".join(self.document.text[start:end] for start, end in extents)
            problem = f"At [{start}, {end}) the text reads {found[:80]!r}, not {text[:80]!r}."
        if problem:
            self.tell(f"Entity {str(key)[:60]!r}: {problem}", line)
            return False
        self._keep_entity(key, entity, attributes, line)
        return True

    def _keep_entity(
        self, key: object, entity: Entity, attributes: Mapping[str, Any] | None, line: int | None
    ) -> None:
        content = (entity.start, entity.end, entity.label, entity.parts)
        self._places[key] = self._said.setdefault(content, entity.id)
        if self._places[key] != entity.id:
            span = f"[{entity.start}, {entity.end})"
            self.tell(f"{entity.label} at {span} stands here twice: taken once.", line, "twice")
            return
        self._ids.add(entity.id)
        self._entities[entity.id] = entity
        if attributes:
            self.attributes(key, attributes, line)

    def relation(
        self,
        key: object,
        ends: tuple[object, object],
        label: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        origin: dict[str, Any] | None = None,
        line: int | None = None,
    ) -> bool:
        """Take a relation between entities taken before, by their keys; tell whether it fits."""
        missing = [end for end in ends if self._places.get(end) not in self._entities]
        problem = self._label_problem(label)
        if missing:
            problem = f"its end {str(missing[0])[:60]!r} is no entity that was taken."
        head, tail = (self._places.get(end, "") for end in ends)
        if problem is None and (head, tail, label) in self._said:
            problem = f"{label} between these two stands here twice: taken once."
        if problem:
            self.tell(f"Relation {str(key)[:60]!r}: {problem}", line)
            return False
        relation = Relation(self._id(key, "r"), head, tail, label, origin)
        self._said[head, tail, label] = relation.id
        self._ids.add(relation.id)
        self._relations[relation.id] = relation
        self._places[key] = relation.id
        if attributes:
            self.attributes(key, attributes, line)
        return True

    def category(self, label: str, key: object = "", line: int | None = None) -> None:
        """Take a label of the whole document."""
        problem = self._label_problem(label)
        if problem:
            self.tell(f"Category: {problem}", line)
        elif (label,) not in self._said:
            category = Category(self._id(key, "c"), label)
            self._said[(label,)] = category.id
            self._ids.add(category.id)
            self._categories.append(category)

    def attributes(
        self, key: object, attributes: Mapping[str, Any], line: int | None = None
    ) -> bool:
        """Give an entity or relation taken before attributes; tell whether there is one."""
        name = self._places.get(key)
        if name is None:
            return False
        fitting = {k: v for k, v in attributes.items() if self._is_attribute(k, v, line)}
        item: Entity | Relation = self._entities.get(name) or self._relations[name]
        merged = {**(item.attributes or {}), **fitting}
        if len(merged) > MAX_ATTRIBUTES:
            self.tell(
                f"Only {MAX_ATTRIBUTES} attributes of {str(key)!r} were taken.", line, "attribute"
            )
        kept = dict(list(merged.items())[:MAX_ATTRIBUTES]) or None
        if isinstance(item, Entity):
            self._entities[name] = replace(item, attributes=kept)
        else:
            self._relations[name] = replace(item, attributes=kept)
        return True

    @property
    def said(self) -> bool:
        """Tell whether anything was taken."""
        return bool(self._said)

    def alias(self, key: object, known: object) -> bool:
        """Let another key stand for an annotation taken before; tell whether there is one."""
        if known in self._places:
            self._places[key] = self._places[known]
        return known in self._places

    def knows(self, key: object) -> bool:
        """Tell whether an annotation of this key was taken."""
        return key in self._places

    def done(
        self,
        annotator: str | None = None,
        status: Status = "done",
        read_to: int | None = None,
        *,
        looked_at: bool = True,
    ) -> Iterator[Imported | Problem]:
        """Yield what did not fit, and then the article.

        It comes with a layer, or with suggestions where nobody is named; `looked_at` is False
        where nothing says that anybody looked for annotations.
        """
        problem = document_problem(self.document)
        if problem:
            yield Problem(problem, file=self._file, line=self._line, code="text")
            return
        yield from self.problems
        entities, relations = tuple(self._entities.values()), tuple(self._relations.values())
        categories = tuple(self._categories)
        layer: Layer | None = None
        suggestions: tuple[Suggestion, ...] = ()
        if annotator:
            layer = Layer(
                annotator,
                status,
                entities=entities,
                relations=relations,
                read_to=read_to,
                categories=categories,
            )
        else:
            suggestions = (*entities, *relations, *categories)
        place = self._file, self._line, self._named
        yield Imported(self.document, layer, suggestions, *place, looked_at)

    # ---- rules -------------------------------------------------------------------------------

    def _id(self, key: object, kind: str) -> str:
        """Return an id: that of the file where it is one."""
        if isinstance(key, str) and _ID.fullmatch(key) and key not in self._ids:
            return key
        number = len(self._ids) + 1
        while (made := f"{kind}{number}") in self._ids:
            number += 1
        return made

    @staticmethod
    def _label_problem(label: object) -> str | None:
        if isinstance(label, str) and _LABEL.fullmatch(label):
            return None
        return f"{str(label)[:80]!r} is no label: 1 to {MAX_LABEL} printable characters are needed."

    def _is_attribute(self, name: object, value: object, line: int | None) -> bool:
        is_name = isinstance(name, str) and _LABEL.fullmatch(name)
        fits = (
            len(value) <= MAX_ATTRIBUTE
            if isinstance(value, str)
            else isinstance(value, bool | int | float) and abs(value) < MAX_NUMBER  # NaN is not
        )
        if is_name and fits:
            return True
        reason = "name or value is too long or too large, or no plain value"
        self.tell(f"The attribute {str(name)[:60]!r} was not taken: {reason}.", line, "attribute")
        return False


def _joined(extents: Sequence[Extent]) -> list[Extent]:
    """Return extents in order; those that touch or overlap become one."""
    joined: list[Extent] = []
    for start, end in sorted(extents):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _reads(text: str, extents: Sequence[Extent], said: str) -> bool:
    """Tell whether a file quotes the text, whatever white space it has between words."""
    found = " ".join(text[start:end] for start, end in extents)
    return found == said or found.split() == said.split()
