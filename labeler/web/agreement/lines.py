"""A report of agreement as lines of CSV, a number each."""

from collections.abc import Iterator, Mapping
from typing import Any

from labeler.agreement.spans import NOTHING
from labeler.web.agreement.figures import Json, cells_of

COLUMNS = (
    "part", "measure", "a", "b", "label", "other_label",
    "value", "low", "high", "count", "documents", "reason",
)  # fmt: skip


_NESTED = ("f1", "same_span", "same_pair", "candidates")
"""Names of values that are told together."""


def rows(body: Json) -> Iterator[list[Any]]:
    """Yield the lines of a report, a number each; what does not apply is empty.

    The first says how many documents are for training, and by its name whether they count.
    """
    training = body["training"]
    counted = "counted" if training["counted"] else "left_out"
    yield _line("scope", f"training_documents_{counted}", {"count": training["documents"]}, {})
    for part in ("entities", "relations"):
        yield from _part_rows(part, body)
    for choice in body["categories"]:
        yield from _choice_rows(choice)
    for reference, found in body["against"].items():
        for pair in found["categories"]:
            who = {"a": pair["a"], "b": pair["b"], "documents": pair["documents"]}
            who["label"] = pair["group"]
            yield _line("categories", f"kappa_against_{reference}", who, pair["kappa"])
            yield _line("categories", f"observed_against_{reference}", who, pair["observed"])
            yield from _counts("categories", pair["kinds"], who)


def _part_rows(part: str, body: Json) -> Iterator[list[Any]]:
    own = body[part]
    everybody = {"documents": body["documents"]}
    yield from _scores(part, own, everybody)
    yield from _counts(part, own["kinds"], everybody)
    for name, references in body["against"].items():
        for pair in references[part]:
            who = {"a": pair["a"], "b": pair["b"], "documents": pair["documents"]}
            yield _line(part, f"f1_against_{name}", who, pair)
            yield from _counts(part, pair["kinds"], who)
    for label, found in own["by_label"].items():
        yield _line(part, "f1", {"label": label, "count": found["n"], **everybody}, found)
        yield from _counts(part, found["kinds"], {"label": label, **everybody})
    for name, found in own["by_annotator"].items():
        yield _line(part, "mean_f1", {"a": name, "count": found["n"], **found}, found)
        for what in ("extra", "missing"):
            yield _line(part, what, {"a": name, "count": found[what]}, {})
    for name, value in own.get("competence", {}).items():
        yield _line(part, "competence", {"a": name, "value": value}, {})
    for pair in own["pairs"]:
        who = {"a": pair["a"], "b": pair["b"], "documents": pair["documents"]}
        yield from _scores(part, pair, who)
        yield from _counts(part, pair["kinds"], who)
        for one, other, count in cells_of(pair["confusion"], own["by_label"]):
            labels = {"label": one, "other_label": other, "count": count}
            yield _line(part, "confusion", {**who, **labels}, {})


def _choice_rows(body: Json) -> Iterator[list[Any]]:
    """Yield the lines of one group of categories; `label` names the group or an answer."""
    part, group = "categories", {"label": body["group"]}
    yield from _scores(part, body, {**group, "documents": body["documents"]})
    for answer, count in body["answers"].items():
        yield _line(part, "answers", {"label": answer, "count": count}, {})
    for pair in body["pairs"]:
        who = {"a": pair["a"], "b": pair["b"], "documents": pair["documents"]}
        yield from _scores(part, pair, {**group, **who})
        yield from _counts(part, pair["kinds"], {**group, **who})
        labels = [answer for answer in body["answers"] if answer != NOTHING]
        for one, other, count in cells_of(pair["confusion"], labels):
            cell = {"label": one, "other_label": other, "count": count}
            yield _line(part, "confusion", {**who, **cell}, {})


def _scores(part: str, body: Json, who: Json) -> Iterator[list[Any]]:
    for name, found in body.items():
        if isinstance(found, Mapping) and "value" in found:
            more = {"count": found["compared"]} if "compared" in found else {}
            yield _line(part, name, {**who, **more}, found)
        elif name in _NESTED:
            more = {"count": found["compared"]} if "compared" in found else {}
            for which in (name for name in found if name != "compared"):
                yield _line(part, f"{name}_{which}", {**who, **more}, found[which])
        elif name == "needed":
            for width, count in found.items():
                yield _line(part, f"documents_needed_{width}", {**who, "count": count}, {})
        elif name == "control":
            yield _line(part, "layers", {**who, "count": found["layers"]}, {})
            yield _line(part, "layers_blind", {**who, "count": found["blind"]}, {})
            for which in ("f1_blind", "f1_shown"):
                documents = {"documents": found[which]["documents"]}
                yield _line(part, which, {**who, **documents}, found[which])


def _counts(part: str, kinds: Json, who: Json) -> Iterator[list[Any]]:
    for kind, count in kinds.items():
        yield _line(part, kind, {**who, "count": count}, {})


def _line(part: str, measure: str, who: Json, score: Json) -> list[Any]:
    told = {
        **who,
        **{name: score[name] for name in ("value", "low", "high", "reason") if name in score},
    }
    return [part, measure, *(_plain(told.get(name)) for name in COLUMNS[2:])]


def _plain(value: Any) -> Any:
    """Return a value as a cell; a name that a spreadsheet would take for a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return f"'{value}"
    return value
