"""Schemes revised: a label renamed, merged into another, retired, and all that taken back.

Nothing here knows tables: a scheme goes in and another comes out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from labeler import schema
from labeler.errors import Conflict, Invalid, NotFound, Problem
from labeler.schema import Kind, Label, RelationLabel, Scheme

Action = Literal["rename", "merge", "retire", "restore"]
ACTIONS: tuple[Action, ...] = ("rename", "merge", "retire", "restore")
_KEPT_NAMES = 100
"""Former names that a label keeps, the latest."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What is to become of a label: `into` is its new name, or the label it is merged into."""

    kind: Kind
    action: Action
    label: str
    into: str = ""

    @property
    def rewrites(self) -> bool:
        """Tell whether annotations change: what is retired only leaves the list of what is new."""
        return self.action in ("rename", "merge")


def revised(scheme: Scheme, revision: Revision) -> Scheme:
    """Return the scheme after a revision; raises NotFound, Invalid and Conflict in words."""
    label = _label(scheme, revision.kind, revision.label)
    if revision.action == "rename":
        return _renamed(scheme, revision, label)
    if revision.action == "merge":
        return _merged(scheme, revision, label)
    retired = revision.action == "retire"
    if label.retired == retired:
        state = "retired already" if retired else "not retired"
        raise Conflict(f"{label.name} is {state}.")
    return _with(
        scheme, revision.kind, {label.name: _offered(scheme, revision.kind, label, retired)}
    )


def _label(scheme: Scheme, kind: Kind, name: str, path: str = "label") -> Label:
    found = next((label for label in scheme.labels(kind) if label.name == name), None)
    if found is None:
        message = f"The scheme has no such label: {name!r}."
        raise NotFound(message) if path == "label" else Invalid(message, [Problem(message, path)])
    return found


def _with(scheme: Scheme, kind: Kind, changed: Mapping[str, Label | None]) -> Scheme:
    """Return the scheme with some labels of a kind in the place of those of these names."""
    labels = [changed.get(label.name, label) for label in scheme.labels(kind)]
    return _holding(scheme, {kind: tuple(label for label in labels if label is not None)})


def _holding(scheme: Scheme, lists: Mapping[Any, Any]) -> Scheme:
    """Return the scheme with other lists of labels."""
    return replace(scheme, **lists)


def _offered(scheme: Scheme, kind: Kind, label: Label, retired: bool) -> Label:
    """Return a label retired or offered again, without its key where another has that by now."""
    used = {other.key for other in scheme.labels(kind) if not other.retired}
    key = "" if not retired and label.key in used else label.key
    return replace(label, retired=retired, key=key)


def _renamed(scheme: Scheme, revision: Revision, label: Label) -> Scheme:
    kind, name = revision.kind, revision.into.strip()
    if name in {other.name for other in scheme.labels(kind)}:
        message = (
            f"There is a label {name} already. Merge {label.name} into it, or choose another name."
        )
        raise Invalid(message, [Problem(message, "into")])
    anew = replace(label, name=name, formerly=_names(label, without=name))
    others = {
        other.name: replace(other, formerly=tuple(n for n in other.formerly if n != name))
        for other in scheme.labels(kind)
    }
    made = _with(scheme, kind, {**others, label.name: anew})
    return _checked(_with_ends(made, {label.name: name}) if kind == "entities" else made)


def _names(*labels: Label, without: str = "") -> tuple[str, ...]:
    """Return all that these labels are and were called, the latest at the end."""
    found = [name for label in labels for name in (*label.formerly, label.name)]
    return tuple(name for name in dict.fromkeys(found) if name != without)[-_KEPT_NAMES:]


def _with_ends(scheme: Scheme, names: Mapping[str, str]) -> Scheme:
    """Return the scheme with other names at the ends of its relations."""

    def ends(listed: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names.get(name, name) for name in listed))

    relations = (replace(r, head=ends(r.head), tail=ends(r.tail)) for r in scheme.relations)
    return replace(scheme, relations=tuple(relations))


def _merged(scheme: Scheme, revision: Revision, label: Label) -> Scheme:
    """Return the scheme without a label, and the other widened so that all fits that has it."""
    kind = revision.kind
    into = _label(scheme, kind, revision.into, "into")
    if into.name == label.name:
        message = "Choose another label: this is the one to be merged."
        raise Invalid(message, [Problem(message, "into")])
    if isinstance(label, schema.CategoryLabel) and label.group != into.group:  # type: ignore[union-attr]
        message = f"{label.name} and {into.name} are of different groups. Put both into one first."
        raise Invalid(message, [Problem(message, "into")])
    wider = {**_wider(into, label), "formerly": (*into.formerly, *_names(label))[-_KEPT_NAMES:]}
    made = _with(scheme, kind, {label.name: None, into.name: replace(into, **wider)})
    return _checked(_with_ends(made, {label.name: into.name}) if kind == "entities" else made)


def _either(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Return the ends that one of two relations allows; none named allows any."""
    return tuple(dict.fromkeys((*first, *second))) if first and second else ()


def _all_attributes(
    first: Sequence[schema.DeclaredAttribute], second: Sequence[schema.DeclaredAttribute]
) -> tuple[schema.DeclaredAttribute, ...]:
    """Return attributes that take whatever either label did: what one leaves free stays free."""
    one, other = ({declared.name: declared for declared in each} for each in (first, second))
    made = []
    for name in {**one, **other}:
        values: tuple[str, ...] = ()
        if name in one and name in other and one[name].values and other[name].values:
            values = tuple(dict.fromkeys((*one[name].values, *other[name].values)))
        made.append(schema.DeclaredAttribute(name, values))
    return tuple(made)


def _checked(scheme: Scheme) -> Scheme:
    """Return the scheme as a file would have it; raises Invalid for what no scheme may have."""
    return schema.parse_scheme(schema.scheme_json(scheme))


# ---- taking back -----------------------------------------------------------------------------


def taken_back(now: Scheme, before: Scheme, after: Scheme, revision: Revision) -> Scheme:
    """Return the scheme as it was before a revision, but for what else was changed since.

    `before` and `after` are what the revision changed and made. Raises Conflict where the label
    that would come back is there again, or the one that goes was removed.
    """
    names = {label.name for label in now.labels(revision.kind)}
    stays = revision.into if revision.rewrites else revision.label
    if stays not in names:
        raise Conflict(f"{stays} is not in the scheme any more: this cannot be undone.")
    if revision.rewrites and revision.label in names:
        raise Conflict(f"There is a label {revision.label} again. Rename it, and undo this then.")
    made = now
    for kind in schema.KINDS:
        labels = [_as_before(label, before, after, kind, revision) for label in now.labels(kind)]
        if revision.action == "merge" and kind == revision.kind:
            labels = _put_back(labels, before, revision)
        made = _holding(made, {kind: tuple(labels)})
    return _checked(_with_known_ends(made))


def _as_before(
    label: Label, before: Scheme, after: Scheme, kind: Kind, revision: Revision
) -> Label:
    """Return a label with each field as it was, where nobody changed it since."""
    renamed = revision.action == "rename" and kind == revision.kind and label.name == revision.into
    was = _found(before, kind, revision.label if renamed else label.name)
    made = _found(after, kind, label.name)
    if was is None or made is None:
        return label
    values = {
        field.name: getattr(was, field.name)
        for field in fields(label)
        if getattr(label, field.name) == getattr(made, field.name)
    }
    if renamed:  # what still says the new name means the old one again
        values["formerly"] = (*was.formerly, revision.into)[-_KEPT_NAMES:]
    if isinstance(label, RelationLabel) and revision.kind == "entities":
        values |= _ends_before(label, was, made, revision)
    return replace(label, **values)


def _ends_before(label: Any, was: Any, made: Any, revision: Revision) -> dict[str, Any]:
    """Return the ends of a relation that were changed since, with the label that comes back."""
    values = {}
    for end in ("head", "tail"):
        listed = getattr(label, end)
        if listed != getattr(made, end):
            if revision.action == "rename":
                listed = tuple(revision.label if n == revision.into else n for n in listed)
            elif listed and revision.label in getattr(was, end):
                listed = (*listed, revision.label)
            values[end] = listed
    return values


def _found(scheme: Scheme, kind: Kind, name: str) -> Label | None:
    return next((label for label in scheme.labels(kind) if label.name == name), None)


def _put_back(labels: list[Label], before: Scheme, revision: Revision) -> list[Label]:
    """Put a label that was merged away where it stood."""
    there = [label.name for label in before.labels(revision.kind)]
    place = there.index(revision.label)
    returning = before.labels(revision.kind)[place]
    used = {label.key for label in labels if not label.retired}
    if returning.key in used:
        returning = replace(returning, key="")
    return [*labels[:place], returning, *labels[place:]]


def _with_known_ends(scheme: Scheme) -> Scheme:
    """Return the scheme without labels at the ends of relations that were removed since."""
    known = {label.name for label in scheme.entities}

    def ends(listed: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in listed if name in known)

    relations = (replace(r, head=ends(r.head), tail=ends(r.tail)) for r in scheme.relations)
    return replace(scheme, relations=tuple(relations))


def as_wide(target: Scheme, now: Scheme) -> Scheme:
    """Return a scheme that allows what either of two does: for the time between them."""

    def wide(kind: Kind, label: Label) -> Label:
        other = _found(now, kind, label.name)
        return label if other is None else replace(label, **_wider(label, other))

    made = {kind: tuple(wide(kind, each) for each in target.labels(kind)) for kind in schema.KINDS}
    return _holding(target, made)


def _wider(label: Any, other: Any) -> dict[str, Any]:
    """Return what a label has to allow so that it allows what another does as well."""
    more: dict[str, Any] = {}
    if not isinstance(label, schema.CategoryLabel) and label.attributes != other.attributes:
        more["attributes"] = _all_attributes(label.attributes, other.attributes)
    if isinstance(label, RelationLabel):
        more["head"] = _either(label.head, other.head)
        more["tail"] = _either(label.tail, other.tail)
    return more


def narrowed(scheme: Scheme, before: Scheme, after: Scheme, kind: Kind, name: str) -> Scheme:
    """Return a scheme that `as_wide` made with a label as narrow as before, if it is unchanged."""
    was, made, label = (_found(each, kind, name) for each in (before, after, scheme))
    if was is None or made is None or label is None:
        return scheme
    values = {
        field: getattr(was, field)
        for field, wide in _wider(was, made).items()
        if getattr(label, field) == wide
    }
    return _with(scheme, kind, {name: replace(label, **values)})
