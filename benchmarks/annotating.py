"""The annotation screen in Chromium, beside a bare page of the same text and the same marks.

Both come from the same server in the same run, in turn, and medians count. The bare page is one
file of HTML without script or style: a paragraph a `<p>`, an entity a `<mark>`. An entity stands at
every 12th token, a relation at every third entity.

A page is *shown* when the frame that holds its first entity is laid out, *ready* when keys work.
The time of a key is that from the event to the frame with one entity more, in the middle of the
document. Memory is the private memory of the process that shows the page.
"""

import gc
import html
import logging
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import waitress
from flask import Flask, Response
from flask_compress import Compress
from playwright.sync_api import BrowserContext, Page, sync_playwright

from labeler import accounts, editing, schema
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Document, Layer, Project, User, db, transaction
from labeler.models.database import now
from labeler.models.documents import text_sha256
from labeler.web.auth import allow

SIZES = (350, 1_000, 10_000, 50_000)
ROUNDS = 5
KEYS = 12
"""Entities made in each round."""
PARAGRAPH = 80
SPEED, DISTANCE = 4_000, 10_000
"""Pixels a second, and pixels, that are scrolled."""
SLOW = 25.0
"""Milliseconds from which a frame counts as late."""
LABELS = ("NOVEL", "ACTOR", "BODY", "SPOT")
"""Labels that no suggester knows; the first is the one that keys give here."""
SCHEME = schema.parse_scheme(
    {"entities": [{"name": name} for name in LABELS], "relations": [{"name": "MEETS"}]}
)
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--enable-blink-features=ForceEagerMeasureMemory",
)


# ---- what is opened ----------------------------------------------------------------------------


def article(tokens: int) -> tuple[str, schema.Layer]:
    """Return a text of so many tokens, in paragraphs, and its annotations."""
    deal = random.Random(tokens)
    vocabulary = [_word(deal) for _ in range(4_000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    pieces, starts, place = [], [], 0
    for number, word in enumerate(deal.choices(vocabulary, weights, k=tokens), start=1):
        pieces += [word, " " if number % PARAGRAPH else "\n\n"]
        starts.append((place, place + len(word)))
        place += len(word) + len(pieces[-1])
    entities = [
        schema.Entity(f"{deal.getrandbits(48):012x}", *starts[at], LABELS[1 + at // 12 % 3])
        for at in range(5, tokens, 12)
    ]
    relations = [
        schema.Relation(f"{deal.getrandbits(48):012x}", one.id, other.id, "MEETS")
        for one, other in zip(entities[::3], entities[1::3], strict=False)
    ]
    return "".join(pieces), schema.Layer(
        "ana", entities=tuple(entities), relations=tuple(relations)
    )


def _word(deal: random.Random) -> str:
    syllables = deal.choices(
        ("ba", "ren", "to", "lis", "ka", "mor", "e", "tun", "vi", "sal"), k=deal.randint(1, 4)
    )
    return "".join(syllables)


def bare(text: str, entities: Sequence[schema.Entity]) -> str:
    """Return the least page that shows a text and its marks."""
    pieces, place = [], 0
    for entity in sorted(entities, key=lambda each: each.start):
        words = html.escape(text[entity.start : entity.end])
        pieces += [html.escape(text[place : entity.start]), f"<mark>{words}</mark>"]
        place = entity.end
    body = "".join([*pieces, html.escape(text[place:])]).replace("\n\n", "</p>\n<p>")
    return f"<!doctype html><meta charset=utf-8><title>Bare</title><article><p>{body}</p></article>"


def prepare(folder: Path, sizes: Sequence[int]) -> tuple[str, dict[int, int]]:
    """Fill a database with an article of each size, labeled by ana; return a link and their ids."""
    app = create_app(Settings.from_env({"LABELER_INSTANCE": str(folder)}))
    with app.app_context():
        with transaction() as session:
            project = Project(slug="bench", title="Bench")
            session.add(project)
            project.scheme = SCHEME
        ana = accounts.ensure_user("ana")
        accounts.add_member(project, ana, "annotator")
        return accounts.signin_token(ana.id), {size: _add(project, ana, size) for size in sizes}


def _add(project: Project, ana: User, size: int) -> int:
    text, layer = article(size)
    with transaction() as session:
        document = Document(
            project_id=project.id,
            name=f"{size} tokens",
            text=text,
            sha256=text_sha256(text),
            meta={},
        )
        session.add(document)
        session.flush()
        new = editing.NewLayer(project.id, document.id, ana.id, layer)
        editing.create([new], actor_id=ana.id, now=now(), key="made")
    return document.id


def serve(folder: str) -> None:
    """Serve an instance with one more route, that of the bare page."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(replace(Settings.from_env({"LABELER_INSTANCE": folder}), testing=True))
    made: dict[int, str] = {}

    @app.get("/bare/<int:number>")
    @allow("public")
    def bare_page(number: int) -> Response:
        if number not in made:
            [layer] = editing.load([db.session.query(Layer).filter_by(document_id=number).one()])
            made[number] = bare(db.session.get_one(Document, number).text, layer.entities)
        return Response(made[number], mimetype="text/html")

    @app.after_request
    def isolate(response: Response) -> Response:
        """Let pages ask how much memory they take: browsers tell those only that stand alone."""
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    gc.freeze()  # as `labeler serve` does
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()


# ---- what is measured --------------------------------------------------------------------------


@dataclass
class Figures:
    """What was measured of one page; times in milliseconds, memory in bytes."""

    shown: list[float] = field(default_factory=list)
    shown_anew: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    process: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)

    def median(self, name: str) -> float:
        """Return the median of one kind of figure, 0 where there is none."""
        found = getattr(self, name)
        return statistics.median(found) if found else 0.0


@dataclass(frozen=True)
class Subject:
    """A page that is measured: where it is, what scrolls, and whether it is the bare one."""

    address: str
    scrolls: str
    is_bare: bool


def measure_opening(new: Callable[[], BrowserContext], subject: Subject, into: Figures) -> None:
    """Open a page in a browser without any cache, and once more."""
    context = new()
    _open(context, subject, into.shown_anew).close()
    page = _open(context, subject, into.shown)
    if not subject.is_bare:
        into.ready.append(page.evaluate("watch.ready"))
    context.close()


def measure_use(new: Callable[[], BrowserContext], subject: Subject, into: Figures) -> None:
    """Open a page, and measure it in use."""
    context = new()
    page = _open(context, subject)
    page.wait_for_timeout(1500)  # what is drawn bit by bit is there by then
    into.process.append(_process_memory(page))
    into.counted.append(_counted_memory(page))
    into.late.append(_scroll(page))
    into.key += _keys(page, subject)
    context.close()


def _open(context: BrowserContext, subject: Subject, shown: list[float] | None = None) -> Page:
    page = context.new_page()
    page.goto(subject.address, wait_until="commit")
    wanted = "watch.shown > 0" if subject.is_bare else "watch.shown > 0 && watch.ready > 0"
    page.evaluate(f"watch.until(() => {wanted})")
    if shown is not None:
        shown.append(page.evaluate("watch.shown"))
    return page


def _process_memory(page: Page) -> float:
    """Return the private bytes of the process that shows the page: the one that it keeps busy."""
    browser = page.context.browser
    assert browser is not None
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    tool = browser.new_browser_cdp_session()

    def spent() -> dict[int, float]:
        found = tool.send("SystemInfo.getProcessInfo")["processInfo"]
        return {each["id"]: each["cpuTime"] for each in found if each["type"] == "renderer"}

    before = spent()
    page.evaluate("watch.spin(200)")
    after = spent()
    return _private(max(after, key=lambda process: after[process] - before.get(process, 0)))


def _private(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def _counted_memory(page: Page) -> float:
    """Return the bytes that the browser counts for scripts, nodes and styles."""
    ask = "performance.measureUserAgentSpecificMemory().then(({bytes}) => bytes)"
    return float(page.evaluate(ask))


def _scroll(page: Page) -> float:
    """Scroll from the beginning, and return the share of frames that came late."""
    page.evaluate("watch.count()")
    gesture = {"x": 400, "y": 400, "yDistance": -DISTANCE, "speed": SPEED}
    tool = page.context.new_cdp_session(page)
    tool.send(
        "Input.synthesizeScrollGesture",
        {**gesture, "gestureSourceType": "mouse", "preventFling": True},
    )
    frames = page.evaluate("(watch.counting = false, watch.frames)")
    return sum(frame > SLOW for frame in frames) / max(1, len(frames))


def _keys(page: Page, subject: Subject) -> list[float]:
    """Make entities in the middle of the document; return how long each took to be seen."""
    page.evaluate(f"{subject.scrolls}.scrollTop = {subject.scrolls}.scrollHeight / 2")
    page.wait_for_timeout(300)
    if subject.is_bare:
        page.evaluate("watch.bare(Math.floor(document.querySelectorAll('p').length / 2))")
    for number in range(1, KEYS + 1):
        if not subject.is_bare:
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(50)
        page.keyboard.press("1")
        page.evaluate(f"watch.until(() => watch.painted.length >= {number})")
        if not subject.is_bare:
            page.keyboard.press("Backspace")  # the next round finds the words free
    return list(page.evaluate("watch.painted"))[1:]


@dataclass(frozen=True)
class Payload:
    """Bytes that travel for a document, and those of its text and annotations alone."""

    sent: int
    sent_raw: int
    content: int
    content_raw: int


def payload(context: BrowserContext, site: str, number: int, size: int) -> Payload:
    """Weigh what the screen asks the server for a document."""
    answer = context.request.get(f"{site}/api/v1/documents/{number}/work")
    raw = answer.body()
    text, layer = article(size)
    annotations = [schema.annotation_json(each) for each in (*layer.entities, *layer.relations)]
    content = orjson.dumps({"text": text, "annotations": annotations})
    return Payload(_compressed(raw), len(raw), _compressed(content), len(content))


def _compressed(content: bytes) -> int:
    """Return how many bytes these are, packed as the server packs them for a browser."""
    app = Flask("weigh")
    Compress(app)
    app.add_url_rule("/", "content", lambda: Response(content, mimetype="application/json"))
    answer = app.test_client().get("/", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    return len(answer.data)


# ---- the run -----------------------------------------------------------------------------------


def main(sizes: Sequence[int] = SIZES) -> None:
    """Print each figure of the annotation screen beside that of the bare page."""
    with tempfile.TemporaryDirectory() as folder:
        link, documents = prepare(Path(folder), sizes)
        start = f"from benchmarks.annotating import serve; serve({folder!r})"
        command = [sys.executable, "-c", start]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                _run(f"http://127.0.0.1:{int(server.stdout.readline())}", link, documents)
            finally:
                server.terminate()


def _run(site: str, link: str, documents: dict[int, int]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        kept: Any = None

        def new() -> BrowserContext:
            size: Any = {"width": 1280, "height": 800}
            context = browser.new_context(storage_state=kept, viewport=size)
            context.add_init_script(path=Path(__file__).with_name("watching.js"))
            return context

        context = new()
        context.new_page().goto(f"{site}/sign-in/{link}")
        kept = context.storage_state()
        context.close()
        for size, number in documents.items():
            _measure(new, site, size, number)
        browser.close()


def _measure(new: Callable[[], BrowserContext], site: str, size: int, number: int) -> None:
    page = f"{site}/projects/bench/documents/{number}/label"
    subjects = {
        "bare": Subject(f"{site}/bare/{number}", "document.scrollingElement", is_bare=True),
        "ours": Subject(page, "document.getElementById('viewport')", is_bare=False),
    }
    figures = {name: Figures() for name in subjects}
    context = new()
    first = _open(context, subjects["ours"])  # finds the tokens, and is not counted
    first_shown, first_ready = first.evaluate("[watch.shown, watch.ready]")
    weight = payload(context, site, number, size)
    context.close()
    for round_ in range(ROUNDS):
        for name, subject in subjects.items():
            measure_opening(new, subject, figures[name])
            if round_ % 2 == 0:
                measure_use(new, subject, figures[name])
    load = os.getloadavg()[0]
    print(f"annotating, {size:,} tokens, load {load:.1f}")
    print(f"  first opening: shown after {first_shown:.0f} ms, ready after {first_ready:.0f} ms")
    _tell(figures["ours"], figures["bare"], weight)


LINES = (
    ("shown", "shown", 1, "ms", "at most 1.5 times"),
    ("shown, empty cache", "shown_anew", 1, "ms", "at most 1.5 times"),
    ("ready for keys", "ready", 1, "ms", ""),
    ("key to entity", "key", 1, "ms", "at most 16.7 ms more"),
    ("late frames", "late", 100, "%", "below 2 %"),
    ("memory of process", "process", 1e-6, "MB", "at most 2 times"),
    ("scripts and nodes", "counted", 1e-6, "MB", ""),
)
"""What is printed: words, figure, scale, unit and what is wanted."""


def _tell(ours: Figures, floor: Figures, weight: Payload) -> None:
    for words, name, scale, unit, wanted in LINES:
        a, b = ours.median(name) * scale, floor.median(name) * scale
        times = f"{a / b:6.2f} times" if b else ""
        print(f"  {words:20} {a:8.1f} {unit:2}  bare {b:8.1f} {unit:2}  {times:12} {wanted}")
    for words, sent, content in (
        ("payload, compressed", weight.sent, weight.content),
        ("payload, raw", weight.sent_raw, weight.content_raw),
    ):
        figures = f"{sent / 1e3:8.1f} kB  text {content / 1e3:8.1f} kB  {sent / content:6.2f} times"
        print(f"  {words:20} {figures} at most 1.5 times")
