"""What people fill in."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from labeler.accounts import MAX_PASSWORD


class SigninForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    name = StringField("Name", [InputRequired("Enter your name."), Length(max=80)])
    password = PasswordField(
        "Password", [InputRequired("Enter your password."), Length(max=MAX_PASSWORD)]
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password."""

    password = PasswordField(
        "New password", [InputRequired("Enter a password."), Length(max=MAX_PASSWORD)]
    )
