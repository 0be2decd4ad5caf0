"""Projects: made from a template or a file, and changed without harm to what is labeled."""

from labeler.projects.listing import describe, exports, find_export, members, slugs, visible
from labeler.projects.making import Template, create, from_template, template, templates
from labeler.projects.naming import MAX_TITLE, find
from labeler.projects.scheme_changes import broken, change_scheme, hold_writers, usage
from labeler.projects.scheme_files import (
    MAX_SCHEME_FILE,
    fingerprint,
    parse_scheme,
    read_scheme,
    scheme_yaml,
)
from labeler.projects.settings import (
    MAX_GUIDELINES,
    add_guideline,
    change_guidelines,
    change_settings,
    use_suggester,
)

__all__ = [
    "MAX_GUIDELINES",
    "MAX_SCHEME_FILE",
    "MAX_TITLE",
    "Template",
    "add_guideline",
    "broken",
    "change_guidelines",
    "change_scheme",
    "change_settings",
    "create",
    "describe",
    "exports",
    "find",
    "find_export",
    "fingerprint",
    "from_template",
    "hold_writers",
    "members",
    "parse_scheme",
    "read_scheme",
    "scheme_yaml",
    "slugs",
    "template",
    "templates",
    "usage",
    "use_suggester",
    "visible",
]
