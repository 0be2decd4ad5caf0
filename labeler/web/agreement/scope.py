"""What the addresses of the pages of agreement ask for, and how they are made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from flask import current_app, request, url_for

from labeler import reliability
from labeler.errors import Invalid
from labeler.models import Project, User
from labeler.reliability import CATEGORIES, PARTS, Scope

STRING: dict[str, Any] = {"type": "string"}
_NAMES: dict[str, Any] = {"type": "array", "items": STRING}
SCOPE: dict[str, Any] = {
    "annotators": _NAMES,
    "labels": _NAMES,
    "since": {"type": "string", "format": "date"},
    "training": {"type": "boolean"},
}
"""The parameters of a scope, as the description of the API has them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: entities or relations, and the scope."""

    part: str
    scope: Scope
    since: str

    def pairs(self) -> list[tuple[str, str]]:
        """Return the names and values of what a form sends along to ask for the same."""
        return [
            (name, value)
            for name, values in self.query().items()
            for value in ([values] if isinstance(values, str) else values or ())
        ]

    def query(self) -> dict[str, Any]:
        """Return what an address needs to ask for the same."""
        return {
            "part": None if self.part == PARTS[0] else self.part,
            "annotators": self.scope.annotators,
            "labels": self.scope.labels,
            "since": self.since or None,
            "training": "true" if self.scope.training else None,
        }


def asked(project: Project) -> Asked:
    """Read the part and the scope of an address; raises Invalid, NotFound."""
    part = request.args.get("part", PARTS[0])
    known = (*PARTS, CATEGORIES) if project.scheme.categories else PARTS
    if part not in known:
        raise Invalid(f"There is no part {part!r}. Known: {', '.join(known)}.")
    since = request.args.get("since", "")
    people, labels = (
        [name for name in request.args.getlist(key) if name] for key in ("annotators", "labels")
    )
    training = request.args.get("training", "").lower() in ("true", "1")
    scope = reliability.scope_of(project, people, labels, _moment(since), training=training)
    return Asked(part, scope, since)


def _moment(since: str) -> datetime | None:
    """Return the beginning of a day."""
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    except ValueError:
        raise Invalid(f"{since!r} is no day. Write it as 2026-01-31.") from None


class Links:
    """Makes the addresses of a page, all within its scope."""

    own = False
    """Whether everything is about one person only."""

    def __init__(self, project: Project, given: Asked) -> None:
        self._slug, self._query = project.slug, given.query()

    def to(self, endpoint: str = "overview", **more: Any) -> str:
        """Return the address of the numbers, or of their download."""
        return self._within(f"agreement.{endpoint}", **more)

    def home(self) -> str:
        """Return the address of the page that everything here was reached from."""
        return self.to()

    def evidence(self, **question: Any) -> str:
        """Return the address of the comparisons that answer a question."""
        return self._within("evidence.shown", **question)

    def documents(self, **more: Any) -> str:
        """Return the address of the list of shared documents."""
        return self._within("evidence.documents", **more)

    def _within(self, endpoint: str, **more: Any) -> str:
        return url_for(endpoint, slug=self._slug, **{**self._query, **more})

    def settle(self, document_id: int, start: int) -> str:
        """Return where a difference is settled, or one's own layer read."""
        if not self.own and "adjudicate.settle" in current_app.view_functions:
            return url_for("adjudicate.settle", slug=self._slug, document_id=document_id, at=start)
        return url_for("pages.label", slug=self._slug, document_id=document_id)


class OwnLinks(Links):
    """The same within a person's own agreement with gold or with their first submissions."""

    own = True

    def __init__(self, project: Project, given: Asked, person: User, against: str) -> None:
        super().__init__(project, given)
        self._person, self._against = person.id, against

    def home(self) -> str:
        """Return the address of the person's page."""
        return url_for("pages.annotator", slug=self._slug, user_id=self._person)

    def evidence(self, **question: Any) -> str:
        """Return the address of the comparisons that answer a question."""
        place = {"user_id": self._person, "against": self._against}
        return self._within("evidence.own", **{**question, **place})


def colors(project: Project) -> dict[str, str]:
    """Return the colours of entity labels and of labels of documents, by name."""
    scheme = project.scheme
    return {
        **{label.name: label.color for label in scheme.entities},
        **{label.name: label.color for label in scheme.categories},
    }
