"""Guidelines in Markdown, made into HTML that can do no harm."""

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup


@cache
def _parser() -> MarkdownIt:
    # "js-default" takes no HTML, and refuses links that run scripts.
    return MarkdownIt("js-default")


def render(text: str) -> Markup:
    """Return the text as HTML; HTML in it is shown as it stands."""
    return Markup(_parser().render(text))  # noqa: S704 - the parser escapes
