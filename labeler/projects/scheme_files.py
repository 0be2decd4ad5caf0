"""Schemes as files: JSON, YAML, or brat's configuration."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from labeler import schema
from labeler.errors import Invalid
from labeler.formats import brat_scheme

MAX_SCHEME_FILE = 1_000_000
"""Bytes that a scheme file may have."""


def read_scheme(path: Path) -> schema.Scheme:
    """Read a scheme file; raises Invalid naming each fault."""
    try:
        return parse_scheme(path.read_bytes())
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None


def parse_scheme(content: bytes) -> schema.Scheme:
    """Read a scheme in JSON or YAML, or brat's `annotation.conf`; raises Invalid."""
    if len(content) > MAX_SCHEME_FILE:
        raise Invalid(f"A scheme file may have {MAX_SCHEME_FILE:,} bytes. Is this the right file?")
    try:
        value = _loaded(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(f"The scheme file is not UTF-8: byte {error.start} does not fit.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid(f"The scheme file is neither JSON nor YAML: {_place(error)}.") from None
    return schema.parse_scheme(value)


def _loaded(source: str) -> object:
    # JSON is almost a part of YAML, but for its escapes of characters beyond the first plane.
    with suppress(json.JSONDecodeError):
        return json.loads(source)
    if brat_scheme.is_configuration(source):
        return brat_scheme.plain_scheme(source)
    _refuse_aliases(source)
    return yaml.safe_load(source)


def _refuse_aliases(source: str) -> None:
    """Refuse aliases: nested ones make a small file grow beyond any memory."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, yaml.SafeLoader)):
        raise Invalid("A scheme file may not have YAML aliases (*name). Write the values out.")


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    return f"line {mark.line + 1}: {what}" if mark else str(what)


def fingerprint(scheme: schema.Scheme) -> str:
    """Return a few letters that another scheme would not have."""
    return hashlib.sha256(scheme_yaml(scheme).encode()).hexdigest()[:16]


def scheme_yaml(scheme: schema.Scheme) -> str:
    """Return a scheme as a YAML file that `parse_scheme` reads back."""
    plain = _listed(schema.scheme_json(scheme))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def _listed(value: Any) -> Any:
    """Return the value with tuples as lists: YAML has no other name for them."""
    if isinstance(value, Mapping):
        return {name: _listed(part) for name, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value
