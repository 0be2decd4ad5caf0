"""What people fill in. Faults are told beside the field, with what to do."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import CheckboxInput

from labeler.accounts import MAX_PASSWORD, ROLES
from labeler.errors import LabelerError
from labeler.invitations import MAX_DAYS, MAX_USES
from labeler.projects import MAX_GUIDELINES, MAX_TITLE
from labeler.registry import Registry
from labeler.webhooks import MAX_URL

MAX_ROWS = 500
"""Labels of one kind that a scheme form may have."""


def stripped(value: str | None) -> str | None:
    """Return what was typed without spaces around it."""
    return value.strip() if value else value


def _name(label: str, ask: str) -> StringField:
    return StringField(label, [InputRequired(ask), Length(max=80)], filters=[stripped])


def tell(form: FlaskForm, error: LabelerError) -> None:
    """Put each problem of an error beside its field; what has none stands above the form."""
    placed = False
    for problem in error.problems:
        field = next((field for field in form if field.name == problem.path), None)
        if field is not None:
            field.errors = [*field.errors, problem.message]
            placed = True
        else:
            place = f"{problem.path}: " if problem.path else ""
            form.form_errors.append(place + problem.message)
    if not placed:
        form.form_errors.insert(0, error.message)


# ---- people ----------------------------------------------------------------------------------

_SITE_ROLES = [SelectChoice("member", "Member"), SelectChoice("admin", "Admin")]


class SigninForm(FlaskForm):
    """Name and password."""

    name = _name("Name", "Enter your name.")
    password = PasswordField(
        "Password", [InputRequired("Enter your password."), Length(max=MAX_PASSWORD)]
    )


class PasswordForm(FlaskForm):
    """A new password."""

    password = PasswordField(
        "New password", [InputRequired("Enter a password."), Length(max=MAX_PASSWORD)]
    )


class JoinForm(PasswordForm):
    """Somebody new who was invited."""

    name = _name("Name", "Choose a name.")


class OwnPasswordForm(PasswordForm):
    """A new password, and the one so far from those who have one."""

    current = PasswordField(
        "Password so far", [InputRequired("Enter your password."), Length(max=MAX_PASSWORD)]
    )


class UserForm(FlaskForm):
    """Somebody new on this site."""

    name = _name("Name", "Enter a name.")
    role = SelectField("Role", choices=_SITE_ROLES)


class StandingForm(FlaskForm):
    """What somebody is on this site, and whether they may sign in."""

    role = SelectField("Role", choices=_SITE_ROLES)
    active = BooleanField("May sign in")


class MemberForm(FlaskForm):
    """Somebody's role in a project."""

    name = _name("Name", "Enter the name of a person.")
    role = SelectField("Role", choices=[SelectChoice(role, role.capitalize()) for role in ROLES])


class WebhookForm(FlaskForm):
    """Which program is told, and of what."""

    url = StringField(
        "Address", [InputRequired("Enter an address."), Length(max=MAX_URL)], filters=[stripped]
    )
    events = SelectMultipleField("Tell it when", option_widget=CheckboxInput())


class InvitationForm(FlaskForm):
    """A link by which people join a project."""

    role = SelectField(
        "Role",
        choices=[SelectChoice(role, role.capitalize()) for role in ROLES],
        id="invited-role",
    )
    days = IntegerField(
        "Works for, in days",
        [InputRequired("Enter a number."), NumberRange(1, MAX_DAYS)],
        default=7,
    )
    uses = IntegerField(
        "For how many people",
        [InputRequired("Enter a number."), NumberRange(1, MAX_USES)],
        default=1,
    )


# ---- projects --------------------------------------------------------------------------------

_TITLE = (InputRequired("Enter a title."), Length(max=MAX_TITLE))
_LANGUAGE = (
    InputRequired("Enter a language code such as en."),
    Regexp("^[a-z]{2,3}$", message="Use a language code such as en, de or zh."),
)


class ProjectForm(FlaskForm):
    """A new project."""

    title = StringField("Title", _TITLE, filters=[stripped])
    slug = StringField("Address", [InputRequired("Enter an address.")], filters=[stripped])
    language = StringField("Language", _LANGUAGE, default="en", filters=[stripped])
    start = RadioField("Start from", default="news")
    scheme = FileField("Scheme file")
    suggester = RadioField("Suggestions", default="rulers")
    pipeline = StringField("spaCy pipeline", [Length(max=500)], filters=[stripped])


class SettingsForm(FlaskForm):
    """What can be changed of a project beside its scheme."""

    title = StringField("Title", _TITLE, filters=[stripped])
    language = StringField("Language", _LANGUAGE, filters=[stripped])
    guidelines = TextAreaField("Guidelines", [Length(max=MAX_GUIDELINES)])
    suggester = RadioField("Suggestions")
    pipeline = StringField("spaCy pipeline", [Length(max=500)], filters=[stripped])
    labels = TextAreaField("Labels of the suggester", [Length(max=10_000)])
    flag_reasons = TextAreaField("Why documents are flagged", [Length(max=10_000)])
    skip_reasons = TextAreaField("Why documents are skipped", [Length(max=10_000)])


class TokenForm(FlaskForm):
    """What a new token for programs may do, and how long."""

    title = StringField("What it is for", [Length(max=80)], filters=[stripped])
    scope = SelectField(
        "It may",
        choices=[
            SelectChoice("read", "Read"),
            SelectChoice("annotate", "Read, label and settle"),
            SelectChoice("manage", "Do all that I may"),
        ],
    )
    days = IntegerField("It ends after", [NumberRange(0, 3650, "Use 0 to 3,650 days.")], default=90)


class TrainingForm(FlaskForm):
    """When a project's own suggester is trained, and as what."""

    every = IntegerField("Train after", [NumberRange(0, 100_000, "Use 0 to 100,000 articles.")])
    component = SelectField(
        "Kind of model",
        choices=[
            SelectChoice("spancat", "Span categorizer"),
            SelectChoice("ner", "Entity recognizer"),
        ],
    )


class PatternsForm(FlaskForm):
    """A file of patterns; the lines of each label come beside it, under the label's name."""

    file = FileField("A file of patterns")


class UseForm(FlaskForm):
    """Which version proposes; 0 for none."""

    number = IntegerField("Version", [NumberRange(0)])


class ImportForm(FlaskForm):
    """Articles to bring in."""

    files = MultipleFileField("Files")
    folder = MultipleFileField("Or a whole folder")
    format = SelectField("Format", default="auto")
    annotator = StringField("Annotations are by", [Length(max=80)], filters=[stripped])
    add_labels = BooleanField("Add labels that the scheme lacks")


class ExportForm(FlaskForm):
    """What to take out, and how."""

    format = SelectField("Format", default="docbin")
    layer = SelectField("Layers")
    split = StringField(
        "Split",
        [Regexp(r"^\s*\d+\s*,\s*\d+\s*,\s*\d+\s*$", message="Use three numbers: 80,10,10.")],
        default="80,10,10",
    )
    seed = IntegerField(
        "Seed", [InputRequired("Enter a number."), NumberRange(0, 2**31 - 1)], default=0
    )
    name = StringField("Name", [Length(max=80)], filters=[stripped])


class AutomaticForm(FlaskForm):
    """How questions are settled that need no person; the threshold in per cent."""

    by = RadioField(
        "By",
        choices=[
            SelectChoice("vote", "Vote: this share of the annotators holds it"),
            SelectChoice(
                "competence", "Competence: it is this likely, given who is how often right"
            ),
        ],
        default="vote",
    )
    threshold = IntegerField(
        "Threshold, per cent",
        [InputRequired("Enter a number."), NumberRange(51, 100)],
        default=66,
    )
    accept = BooleanField("Accept the gold of documents in which nothing is open then")


# ---- the scheme ------------------------------------------------------------------------------


class LabelRow(Form):
    """A label; `was` is its name so far, empty for a new one."""

    was = HiddenField()
    name = StringField("Name", filters=[stripped])
    key = StringField("Key", filters=[stripped])
    color = StringField("Colour", default="#5f7787")
    description = StringField("Description", filters=[stripped])
    remove = BooleanField("Remove")


class EntityRow(LabelRow):
    """An entity label, with the attributes that it declares on a line."""

    attributes = StringField("Attributes", [Length(max=10_000)], filters=[stripped])


class RelationRow(EntityRow):
    """A relation label; nothing ticked means that any entity may stand there."""

    head = SelectMultipleField("From", validate_choice=False)
    tail = SelectMultipleField("To", validate_choice=False)
    symmetric = BooleanField("Reads the same both ways")


class CategoryRow(LabelRow):
    """A label of whole documents; of those that share a group a document has one at most."""

    group = StringField("Group", filters=[stripped])


class SchemeForm(FlaskForm):
    """A scheme as a whole; `seen` tells which one the person looked at."""

    seen = HiddenField()
    overlap = RadioField(
        "Overlap",
        choices=[
            SelectChoice("allow", "Entities may overlap"),
            SelectChoice("nest", "One may lie within another"),
            SelectChoice("forbid", "No two may overlap"),
        ],
    )
    entities = FieldList(FormField(EntityRow), max_entries=MAX_ROWS)
    relations = FieldList(FormField(RelationRow), max_entries=MAX_ROWS)
    categories = FieldList(FormField(CategoryRow), max_entries=MAX_ROWS)


class SchemeFileForm(FlaskForm):
    """A scheme as a file."""

    scheme = FileField("Scheme file")


def choices(registry: Registry[Any], names: Iterable[str] | None = None) -> list[SelectChoice]:
    """Return what a person may choose among extensions: each name, or these, with its title."""
    wanted = registry.names() if names is None else names
    return [SelectChoice(name, registry[name].title) for name in wanted]
