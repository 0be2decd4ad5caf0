"""The page on which a manager changes the scheme: labels, their ends, the rule on overlap."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labeler import projects, schema
from labeler.errors import Conflict, Invalid, LabelerError, Problem
from labeler.models import Project
from labeler.web import label_changes
from labeler.web.auth import allow
from labeler.web.forms import EntityRow, LabelRow, SchemeFileForm, SchemeForm, tell
from labeler.web.manage import uploaded_scheme

blueprint = Blueprint("scheme", __name__)

_PLACE = re.compile(
    r"^(entities|relations|categories)(?:\[(\d+)\](?:\..*)?|\.(.+?)(?:\.\w+)?)$", re.DOTALL
)


@blueprint.route("/projects/<slug>/scheme", methods=["GET", "POST"])
@allow("manager")
def edit(project: Project) -> ResponseReturnValue:
    """Show the scheme as a form, and save what a manager makes of it."""
    form = SchemeForm(data=_filled(project.scheme))
    if form.is_submitted() and form.validate():
        try:
            _save(project, form)
        except LabelerError as error:
            _tell(form, error)
        else:
            flash("The scheme was saved.")
            return redirect(url_for("scheme.edit", slug=project.slug))
    return _page(project, form)


def _page(project: Project, form: SchemeForm, upload: SchemeFileForm | None = None) -> str:
    _spare_rows(form)
    names = [row.form.was.data or row.form.name.data for row in form.entities]
    return render_template(
        "scheme.html",
        here="scheme.edit",
        form=form,
        upload=upload or SchemeFileForm(formdata=None),
        names=[name for name in names if name],
        groups=sorted({row.form.group.data for row in form.categories if row.form.group.data}),
        usage=projects.usage(project),
        retired={
            kind: [label.name for label in project.scheme.labels(kind) if label.retired]
            for kind in schema.KINDS
        },
        palette=schema.PALETTE,
        **label_changes.listed(project),
    )


def _filled(scheme: schema.Scheme) -> dict[str, Any]:
    plain = schema.scheme_json(scheme)
    for kind in schema.KINDS:
        for label in plain[kind]:
            label["was"] = label["name"]
            label["attributes"] = _on_a_line(label.get("attributes", ()))
    return {**plain, "seen": projects.fingerprint(scheme)}


def _on_a_line(attributes: Iterable[dict[str, Any]]) -> str:
    """Return the attributes of a label as people write them: `name*: value, value; name`.

    The star says that it is required.
    """
    told = (
        (each["name"] + "*" * each.get("required", False), ", ".join(each["values"]))
        for each in attributes
    )
    return "; ".join(f"{name}: {values}" if values else name for name, values in told)


def _declared(line: str) -> list[dict[str, Any]]:
    """Read what `_on_a_line` wrote."""
    parts = [part.partition(":") for part in line.split(";") if part.strip()]
    return [
        {
            "name": name.strip().removesuffix("*").rstrip(),
            "required": name.strip().endswith("*"),
            "values": [word.strip() for word in words.split(",") if word.strip()],
        }
        for name, _, words in parts
    ]


def _spare_rows(form: SchemeForm) -> None:
    """End each list with an empty row, where a label can be added without a script."""
    for rows in (form[kind] for kind in schema.KINDS):
        if len(rows) == 0 or rows[-1].form.name.data or rows[-1].form.was.data:
            index = len(rows)
            color = schema.PALETTE[index % len(schema.PALETTE)]
            rows.append_entry({"color": color} if rows is form.entities else None)


# ---- from the form to a scheme ---------------------------------------------------------------


def _save(project: Project, form: SchemeForm) -> None:
    if form.seen.data != projects.fingerprint(project.scheme):
        raise Conflict(
            "Somebody changed the scheme while you did. Open this page again, and change it there."
        )
    _move(form, request.form.get("move", ""))
    problems = list(_unnamed(form))
    if problems:
        raise Invalid("The scheme was not saved.", problems)
    scheme = schema.parse_scheme(
        {
            "entities": [_entity(row) for row in _kept(form.entities)],
            "relations": [_relation(row, _renamed(form)) for row in _kept(form.relations)],
            "overlap": form.overlap.data,
            "categories": [_category(row) for row in _kept(form.categories)],
        }
    )
    projects.change_scheme(project, scheme)


def _move(form: SchemeForm, order: str) -> None:
    """Move a row as the button says that was pressed: `entities:2:up`."""
    kind, _, rest = order.partition(":")
    place, _, way = rest.partition(":")
    if kind not in schema.KINDS or not place.isdecimal():
        return
    rows = form[kind].entries
    here = int(place)
    there = here - 1 if way == "up" else here + 1
    if 0 <= here < len(rows) and 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]


def _kept(rows: Iterable[Any]) -> list[Any]:
    """Return the rows that stand for a label: neither removed nor left empty."""
    return [row.form for row in rows if row.form.name.data and not row.form.remove.data]


def _unnamed(form: SchemeForm) -> Iterator[Problem]:
    for kind in schema.KINDS:
        for row in form[kind]:
            if row.form.was.data and not row.form.name.data and not row.form.remove.data:
                yield Problem("Enter a name, or remove the label.", f"{kind}.{row.form.was.data}")


def _label(row: LabelRow) -> dict[str, Any]:
    return {
        "name": row.name.data,
        "key": row.key.data or "",
        "color": row.color.data,
        "description": row.description.data or "",
    }


def _entity(row: EntityRow) -> dict[str, Any]:
    return {**_label(row), "attributes": _declared(row.attributes.data or "")}


def _relation(row: Any, renamed: dict[str, str]) -> dict[str, Any]:
    return {
        **_entity(row),
        "head": [renamed[name] for name in row.head.data or [] if name in renamed],
        "tail": [renamed[name] for name in row.tail.data or [] if name in renamed],
        "symmetric": row.symmetric.data,
    }


def _category(row: Any) -> dict[str, Any]:
    return {**_label(row), "group": row.group.data or ""}


def _renamed(form: SchemeForm) -> dict[str, str]:
    """Return what each entity label ticked as an end is called now; removed ones are missing."""
    kept = _kept(form.entities)
    return {row.name.data: row.name.data for row in kept} | {
        row.was.data: row.name.data for row in kept if row.was.data
    }


def _tell(form: SchemeForm, error: LabelerError) -> None:
    """Put each problem beside the label it is about."""
    form.form_errors.append(error.message)
    for problem in error.problems:
        row = _row(form, problem.path)
        if row is None:
            form.form_errors.append(str(problem))
        else:
            row.name.errors = [*row.name.errors, problem.message]


def _row(form: SchemeForm, path: str) -> Any:
    """Return the row that a path speaks of: by place among the labels kept, or by its name."""
    found = _PLACE.match(path)
    if found is None:
        return None
    kind, place, name = found.groups()
    if place is not None:
        kept = _kept(form[kind])
        return kept[int(place)] if int(place) < len(kept) else None
    named = (row.form for row in form[kind] if name in (row.form.was.data, row.form.name.data))
    return next(named, None)


# ---- files -----------------------------------------------------------------------------------


@blueprint.get("/projects/<slug>/scheme.yaml")
@allow("manager")
def download(project: Project) -> ResponseReturnValue:
    """Send the scheme as a YAML file."""
    answer = Response(projects.scheme_yaml(project.scheme), mimetype="application/yaml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{project.slug}-scheme.yaml")
    return answer


@blueprint.post("/projects/<slug>/scheme/upload")
@allow("manager")
def upload(project: Project) -> ResponseReturnValue:
    """Replace the scheme by that of an uploaded file, where nothing labeled would break it."""
    form = SchemeFileForm()
    if form.validate_on_submit():
        try:
            projects.change_scheme(project, uploaded_scheme(form.scheme.data))
        except LabelerError as error:
            tell(form, error)
        else:
            flash("The scheme was replaced by that of the file.")
            return redirect(url_for("scheme.edit", slug=project.slug))
    shown = SchemeForm(formdata=None, data=_filled(project.scheme))
    return _page(project, shown, form)
