"""Handing out, for managers: its rules, everybody's documents, giving and taking back by hand."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from labeler import accounts, audit, projects, work
from labeler.errors import LabelerError
from labeler.models import Project
from labeler.models.database import now
from labeler.web.auth import allow, me
from labeler.web.forms import stripped, tell
from labeler.web.openapi import whole

blueprint = Blueprint("handing", __name__)

_EVERYBODY, _SOME, _BY_HAND = "everybody", "some", "hand"
WORDS = {
    "unopened": "Not opened",
    "open": "Open",
    "done": "Done",
    "skipped": "Skipped",
    "taken": "Taken",
    "given": "Given by hand",
    "flagged": "Flagged",
    "training": "Training",
    "control": "Without suggestions",
}
"""What people read for each state and mark."""


def _number(label: str, least: int, most: int) -> IntegerField:
    fits = NumberRange(least, most, f"Use {least} to {most}.")
    return IntegerField(label, [Optional(), fits])


class RulesForm(FlaskForm):
    """How documents are handed out."""

    who = RadioField(
        "How many annotators a document gets",
        choices=[
            SelectChoice(_EVERYBODY, "Every annotator labels every document"),
            SelectChoice(_SOME, "So many annotators each"),
            SelectChoice(_BY_HAND, "Only those a manager gives it to"),
        ],
    )
    overlap = _number("Annotators for each document", 1, work.MAX_OVERLAP)
    shared = _number("Percent that everybody labels all the same", 0, 100)
    ordering = SelectField(
        "Order",
        choices=[
            SelectChoice("imported", "As imported"),
            SelectChoice("random", "At random, the same for everybody"),
            SelectChoice("useful", "Most useful first"),
        ],
    )
    lease = _number("Minutes that a document taken and left stays reserved", 1, work.MAX_LEASE)
    annotators_only = BooleanField("Curators and managers get documents only by hand")
    control = _number("Percent shown without suggestions", 0, 100)
    training = _number("Training documents before any others", 0, work.MAX_TRAINING)
    pass_mark = _number("Percent of F1 that is needed to go on", 0, 100)

    def values(self) -> dict[str, Any]:
        """Return the rules as they were filled in; a number left out is zero, or none."""
        overlap = {_EVERYBODY: None, _SOME: self.overlap.data or 1, _BY_HAND: 0}[self.who.data]
        return {
            "overlap": overlap,
            "shared": self.shared.data or 0,
            "ordering": self.ordering.data,
            "lease": self.lease.data or work.Rules().lease,
            "annotators_only": self.annotators_only.data,
            "control": self.control.data or 0,
            "training": self.training.data or 0,
            "pass_mark": self.pass_mark.data,
        }


def _filled(rules: work.Rules) -> dict[str, Any]:
    who = _EVERYBODY if rules.overlap is None else _SOME if rules.overlap else _BY_HAND
    return {**asdict(rules), "who": who, "overlap": rules.overlap or None}


@blueprint.route("/projects/<slug>/handing-out", methods=["GET", "POST"])
@allow("manager")
def rules(project: Project) -> ResponseReturnValue:
    """Let a manager say how documents are handed out."""
    form = RulesForm(data=_filled(work.rules_of(project)))
    if form.validate_on_submit():
        try:
            work.change_rules(project, form.values())
        except LabelerError as error:
            tell(form, error)
        else:
            audit.record("project.handing_out", project=project, details=form.values())
            flash("The rules were saved. They hold for what is handed out from now on.")
            return redirect(url_for("handing.rules", slug=project.slug))
    return render_template(
        "handing_out.html", form=form, marked=work.marked(project), trainees=work.trainees(project)
    )


class AdmitForm(FlaskForm):
    """Whom to let on to other documents."""

    person = StringField("Person", [Length(max=80)], filters=[stripped])


@blueprint.post("/projects/<slug>/handing-out/admit")
@allow("manager")
def admit(project: Project) -> ResponseReturnValue:
    """Let somebody go on, whatever they reached in the training documents."""
    name = AdmitForm().person.data or ""
    work.admit(project, work.member(project, name), now())
    audit.record("work.admit", name, project=project)
    flash(f"{name} can go on to other documents.")
    return redirect(url_for("handing.rules", slug=project.slug))


# ---- everybody's documents -------------------------------------------------------------------


class FilterForm(FlaskForm):
    """Which documents to list; it travels in the address."""

    class Meta:
        """A filter changes nothing, and needs no token."""

        csrf = False

    words = StringField("Search", [Length(max=200)], filters=[stripped])
    person = SelectField("Person", validate_choice=False)
    state = SelectField("For that person", validate_choice=False)
    finished = SelectField("Finished by", validate_choice=False)
    mark = SelectField("Marked", validate_choice=False)

    def read(self) -> work.Filter:
        """Return the filter; what makes no sense is left out."""
        finished, state = self.finished.data or "", self.state.data or ""
        person = self.person.data or ""
        theirs = state or self.mark.data in ("flagged", "skipped")
        return work.Filter(
            words=self.words.data or "",
            person=person if theirs else "",
            state=state if person and state in work.STATES else "",
            finished=int(finished) if finished.isdecimal() and len(finished) < 4 else None,
            mark=self.mark.data if self.mark.data in work.MARKS else "",
        )


def _filter_form(project: Project, values: Any) -> FilterForm:
    form = FilterForm(values)
    names = [user.name for user, _ in projects.members(project)]
    form.person.choices = [SelectChoice("", "Anybody"), *(SelectChoice(name) for name in names)]
    states = [SelectChoice(state, WORDS[state]) for state in work.STATES]
    form.state.choices = [SelectChoice("", "Any state"), *states]
    asked = values.get("finished", 0, type=whole)  # as the progress page may ask for more
    counts = [SelectChoice(str(n), f"{n} people") for n in range(max(6, min(asked, 99) + 1))]
    counts[1] = SelectChoice("1", "1 person")
    form.finished.choices = [SelectChoice("", "Any number"), *counts]
    marks = [SelectChoice(mark, WORDS[mark]) for mark in work.MARKS]
    form.mark.choices = [SelectChoice("", "Any"), *marks]
    return form


def _asked(form: FilterForm, values: Any) -> dict[str, Any]:
    """Return what an address needs to ask for the same list again."""
    return {name: value for name, value in values.items() if name in form and value}


@blueprint.get("/projects/<slug>/assignments")
@allow("curator")
def assignments(project: Project) -> ResponseReturnValue:
    """List documents with everybody's part in them."""
    form = _filter_form(project, request.args)
    wanted = form.read()
    after = request.args.get("after", 0, type=whole)
    before = request.args.get("before", type=whole)
    page = work.supervise(project, wanted, after=after, before=before)
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in form and value
    }
    return render_template(
        "assignments.html", form=form, page=page, asked=asked, words=WORDS,
        people=[user.name for user, _ in projects.members(project)],
    )  # fmt: skip


_DONE = {
    "give": "given to {person}",
    "take_back": "taken back from {person}",
    "reopen": "opened again for {person}",
    "train": "made training documents; those without gold were left out",
    "untrain": "no longer training documents",
}


@blueprint.post("/projects/<slug>/assignments")
@allow("manager")
def act(project: Project) -> ResponseReturnValue:
    """Do something to the documents ticked, or to all that match the filter."""
    action, person = request.form.get("action", ""), request.form.get("whom", "")
    chosen: list[int] | work.Filter = request.form.getlist("document", type=whole)
    form = _filter_form(project, request.form)
    if "all" in request.form:
        chosen = form.read()
    made = work.act_or_queue(project, action, chosen, person=person, now=now(), actor=me())
    if not isinstance(made, int):
        flash("These are many documents: it is done in the background, and you can go on.")
        return redirect(url_for("jobs.job", slug=project.slug, job_id=made.id))
    told = _DONE[action].format(person=person)
    flash(f"{made:,} {'document was' if made == 1 else 'documents were'} {told}.")
    asked: dict[str, Any] = {
        name: value for name, value in request.form.items() if name in form and value
    }
    return redirect(url_for("handing.assignments", slug=project.slug, **asked))


def my_training(project: Project) -> list[work.Trainee]:
    """Return what the person may see of training: their own, or everybody's as a manager."""
    everybody = work.trainees(project)
    if accounts.may(project, me(), "manager"):
        return everybody
    return [one for one in everybody if one.name == me().name]
