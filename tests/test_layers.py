"""The house: imports go down only, and every place is known."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "labeler"
LEVEL = {  # one a line: the level of each place in the house
    "__main__": 7,
    "app": 7,
    "cli": 7,
    "wsgi": 7,
    "demonstration": 6,
    "web": 6,
    "backups": 5,
    "comments": 5,
    "invitations": 5,
    "label_changes": 5,
    "progress": 5,
    "projects": 5,
    "proof": 5,
    "reasons": 5,
    "reliability": 5,
    "settling": 5,
    "transfer": 5,
    "work": 5,
    "accounts": 4,
    "audit": 4,
    "borders": 4,
    "counters": 4,
    "editing": 4,
    "guidelines": 4,
    "instance": 4,
    "jobs": 4,
    "lessons": 4,
    "repeating": 4,
    "sudden": 4,
    "webhooks": 4,
    "adjudication": 3,
    "agreement": 3,
    "formats": 3,
    "models": 3,
    "suggest": 3,
    "nlp": 2,
    "client": 1,
    "schema": 1,
    "__init__": 0,
    "config": 0,
    "errors": 0,
    "registry": 0,
    "spool": 0,
}
MAY_SIT_SIDE_BY_SIDE = {
    ("__main__", "cli"),
    ("accounts", "audit"),
    ("cli", "app"),
    ("editing", "sudden"),
    ("label_changes", "projects"),
    ("label_changes", "transfer"),
    ("jobs", "audit"),
    ("config", "errors"),
    ("lessons", "borders"),
    ("lessons", "editing"),
    ("webhooks", "audit"),
    ("webhooks", "jobs"),
    ("registry", "errors"),
    ("wsgi", "app"),
}
ONLY = {
    "spacy": {"nlp"},
    "flask": {"web", "app", "cli", "instance", "models", "transfer", "jobs", "webhooks"},
    "celery": {"jobs"},
    "wtforms": {"web"},
    "flask_wtf": {"web"},
    "flask_login": {"web"},
    "sqlalchemy": {
        "models",
        *(place for place, level in LEVEL.items() if level in (4, 5)),
        "demonstration",
        "cli",
    },
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module's place in the house with its syntax tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        yield place, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}" if node.module == "labeler" else node.module


def test_every_module_has_a_place() -> None:
    """A module that no level knows cannot be added unnoticed."""
    assert {place for place, _ in modules()} <= set(LEVEL)


def test_imports_go_down_only() -> None:
    """A module imports only from levels below its own."""
    upward = [
        f"{place} imports {name}"
        for place, tree in modules()
        for name in imported(tree)
        if name.startswith("labeler.")
        and (target := name.split(".")[1]) in LEVEL
        and target != place
        and LEVEL[target] >= LEVEL[place]
        and (place, target) not in MAY_SIT_SIDE_BY_SIDE
    ]
    assert upward == []


def test_each_library_has_its_doors() -> None:
    """SpaCy, Flask, forms and the database are each reached from few places only."""
    through_the_wall = [
        f"{place} imports {name}"
        for place, tree in modules()
        for name in imported(tree)
        if (library := name.split(".")[0]) in ONLY and place not in ONLY[library]
    ]
    assert through_the_wall == []


def test_annotations_are_written_in_one_place() -> None:
    """Only `editing` writes edits, entities, relations and verdicts."""
    tables = {"Edit", "Entity", "Relation", "Verdict"}
    writers = {
        place
        for place, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module in ("labeler.models", "labeler.models.annotations")
        and tables & {alias.name for alias in node.names}
    }
    assert writers <= {
        "progress",
        "counters",
        "editing",
        "label_changes",
        "models",
        "projects",
        "reliability",
        "sudden",
        "work",
    }


def test_the_client_can_be_taken_alone() -> None:
    """A program that calls a server needs nothing of labeler but its errors."""
    needed = {
        name
        for place, tree in modules()
        for name in imported(tree)
        if place == "client" and name.startswith("labeler")
    }
    assert needed == {"labeler.errors"}


def test_functions_stay_short() -> None:
    """No function is longer than 60 lines."""
    long = [
        f"{place}.{node.name}"
        for place, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []
