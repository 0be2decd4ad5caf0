"""Why a spaCy pipeline cannot be used, and what to do about it, in words for who named it."""

import json
import re
from pathlib import Path

from labeler.nlp.tokens import sentence, spacy_version

_UNKNOWN = re.compile(r"\[E002\] Can't find factory for '([^']*)'")
_PACKAGE = re.compile(r"[a-z]{2,3}(_[a-z0-9]+)+", re.ASCII)
"""What the packages of pipelines are called: the language comes first."""
_WANTED = "Name the folder that spaCy wrote, such as model-best."


def of_another_version(name: str) -> str:
    """Return what to do with a pipeline that was made for another version of spaCy."""
    return (
        f"The pipeline {name!r} was not made for spaCy {spacy_version()}{_made_for(name)}. "
        "Install the version of it for this spaCy, or train it again; if you know that it "
        "works as it is, widen spacy_version in its meta.json."
    )


def why_not(name: str, error: Exception, installed: list[str]) -> str:
    """Return why spaCy could not load the pipeline of this package or folder, and what to do."""
    told = str(error)
    if "E050" in told:
        return _not_there(name, installed)
    if "E053" in told and "meta.json" in told:
        return _no_pipeline(Path(name))
    if missing := _UNKNOWN.search(told):
        return (
            f"The pipeline {name!r} has the component {missing[1]!r}, which is not installed here. "
            "Install the package that it comes with beside labeler, then start labeler anew."
        )
    if isinstance(error, FileNotFoundError) and error.filename:
        return (
            f"The pipeline {name!r} is not whole, {error.filename} is not there: copy it anew, "
            "or train it again."
        )
    return (
        f"The pipeline {name!r} cannot be loaded by spaCy {spacy_version()}{_made_for(name)}: "
        f"{sentence(error)} It may not be whole, or have been changed: copy it anew, install what "
        "it needs, or train it again with this version."
    )


def _not_there(name: str, installed: list[str]) -> str:
    known = f" Installed are {', '.join(installed)}." if installed else ""
    if _PACKAGE.fullmatch(name):
        return (
            f"The spaCy pipeline {name!r} is not installed here.{known} Install it beside labeler "
            f"(python -m spacy download {name}), or name the folder of one on this machine."
        )
    return (
        f"There is no spaCy pipeline {name!r}.{known or ' None is installed.'} "
        "Give the name of an installed package, or the path of a folder on this machine."
    )


def _no_pipeline(place: Path) -> str:
    if not place.is_dir():
        return (
            f"{place} is a file, and a spaCy pipeline is a folder. Unpack it where it is an "
            "archive, and name the folder in it that has a meta.json."
        )
    within = next((each.parent for each in sorted(place.glob("*/meta.json"))), None)
    wanted = f"{within} does: name that." if within else _WANTED
    return f"{place} is no spaCy pipeline: it holds no meta.json. {wanted}"


def _made_for(name: str) -> str:
    """Return which spaCy a folder's pipeline was made for, where that is another than is here."""
    from spacy.util import is_compatible_version

    try:
        made_for = json.loads((Path(name) / "meta.json").read_bytes()).get("spacy_version")
    except (OSError, ValueError, AttributeError):
        return ""
    if not made_for or is_compatible_version(spacy_version(), str(made_for)):
        return ""
    return f" (it was made for spaCy {made_for})"
