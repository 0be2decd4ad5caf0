"""Scripts and style sheets sent with all that they import, in one answer.

A browser that fetches forty modules one by one spends more time and memory on the fetching than on
the code. Each module becomes a function that returns what it exports, called once, after those that
it imports; the one that was asked for comes last and stays a module. The files are written as they
are read here: an import is a line of names from a sibling, an export stands before what it names.
"""

import re
from collections.abc import Callable, Iterator

_IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async function|function|class|const) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)
"""A comment that has its lines for itself."""
_REMARK = re.compile(r"[ \t]*/\*.*?\*/[ \t]*\n?", re.DOTALL)
_SHEET = re.compile(r'^@import "([\w-]+\.css)";\n', re.MULTILINE)

Read = Callable[[str], str]
"""Returns the text of a file by its name."""


def sheet(name: str, read: Read) -> str:
    """Return a style sheet with those that it imports in their place."""
    return _SHEET.sub(lambda found: sheet(found[1], read), _REMARK.sub("", read(name)))


def script(name: str, read: Read) -> str:
    """Return a module with all that it needs before it runs; `import(...)` is left to be called."""
    *needed, _ = modules(name, read)
    own = _linked(_COMMENT.sub("", read(name)))
    return "".join(_called(each, read(each)) for each in needed) + own


def modules(name: str, read: Read) -> tuple[str, ...]:
    """Return the names of all modules that a module needs, each after those that it imports.

    Raises ValueError where modules import each other in a circle.
    """
    found: dict[str, bool] = {}  # whether all that it imports is found

    def visit(name: str) -> Iterator[str]:
        if found.get(name, False):
            return
        if name in found:
            raise ValueError(f"{name} needs itself")
        found[name] = False
        for _, imported in _IMPORT.findall(read(name)):
            yield from visit(f"{imported}.js")
        found[name] = True
        yield name

    return tuple(visit(name))


def _linked(source: str) -> str:
    """Return a module that takes what it imports from constants."""

    def line(found: re.Match[str]) -> str:
        names = found[1].removeprefix("* as ").replace(" as ", ": ")
        return f"const {names} = ${found[2]};\n"

    return _IMPORT.sub(line, source)


def _called(name: str, source: str) -> str:
    """Return a module as a constant that holds what it exports."""
    source = _COMMENT.sub("", source)
    exports = ", ".join(found[2] for found in _EXPORT.finditer(source))
    body = _EXPORT.sub(r"\1", _linked(source))
    return f"const ${name.removesuffix('.js')} = (() => {{\n{body}return {{ {exports} }};\n}})();\n"
