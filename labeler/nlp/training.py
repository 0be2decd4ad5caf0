"""Trains spaCy pipelines with spaCy's own loop, and judges them on documents held back."""

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from labeler.errors import Invalid
from labeler.nlp.corpus import SPANS_KEY, training_config
from labeler.nlp.reading import read_docs

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Component = Literal["spancat", "ner"]
PIECE: dict[Component, int] = {"spancat": 600, "ner": 20_000}
"""Tokens that training looks at together: memory grows with them, most for the categorizer."""
UNREAD = 0.1
"""Share of tokens of which nothing is known that a piece may have."""
STEPS, EVERY = 20_000, 200
"""The most steps of a training, and those between two scores.

They are those of `spacy train`, and all else is: the same corpus gives the same model. Scores that
come more often end up at other weights, and at lower F1 on what neither has seen (0.95 as much).
"""
PATIENCE = 3200
"""Steps without a better score after which a training ends also where scores tie.

`spacy train` ends 1,600 steps after the best score, and begins these anew with each that is as
good: where few documents are held back, scores hardly differ, and a training goes on to its last
step. Twice as many are given here, since a better score was seen to come after 1,400 steps of ties.
"""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _Told(io.StringIO):
    """A place to print to that hands each line on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    def write(self, text: str) -> int:
        for line in text.splitlines():
            plain = _COLOURS.sub("", line).strip()
            if plain and not any(words in plain for words in _MISHAP):
                self._tell(plain)
        return len(text)


class _Enough(Exception):
    """Nothing more comes of a training."""


_MISHAP = ("Aborting and saving the final best model", _Enough.__name__)
"""How spaCy tells that a training was ended by raising, in two lines: here that is no mishap."""


class _Judge:
    """Judges a pipeline in training as it does itself, and ends it when that brings no more."""

    def __init__(self, pipeline: "Language", component: Component) -> None:
        self._evaluate, self._component = pipeline.evaluate, component
        self._best, self._since = -1.0, 0

    def __call__(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the scores; raises _Enough after too many that were no better."""
        scores = self._evaluate(*args, **options)
        score = scores.get(f"{_prefix(self._component)}_f") or 0.0
        self._since = 0 if score > self._best else self._since + EVERY
        self._best = max(score, self._best)
        if self._since >= PATIENCE:
            raise _Enough
        return scores


def _prefix(component: Component) -> str:
    """Return how the names of a component's scores begin."""
    return f"spans_{SPANS_KEY}" if component == "spancat" else "ents"


def train(
    corpus: Path,
    out: Path,
    *,
    component: Component,
    language: str,
    longest: int,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Train a pipeline of one component on `train.spacy` of a folder and write it to another.

    It is judged by `dev.spacy`, where that holds documents. `tell` gets each line of progress, and
    ends the training by raising. Raises Invalid when there is nothing to learn.
    """
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as run
    from spacy.util import load_config_from_str

    cut = {
        part: _cut(corpus / f"{part}.spacy", out / f"{part}.spacy", component)
        for part in ("train", "dev")
    }
    if not cut["train"]:
        raise Invalid("There is no finished document to train on. Submit some first.")
    dev = out / ("dev.spacy" if cut["dev"] else "train.spacy")
    overrides = {
        "paths.train": str(out / "train.spacy"),
        "paths.dev": str(dev),
        "training.max_steps": STEPS,
        "training.eval_frequency": EVERY,
    }
    text = training_config(language, (component,), longest, dev.name)
    config = load_config_from_str(text, overrides=overrides, interpolate=False)
    try:
        pipeline = init_nlp(config)
        pipeline.evaluate = _Judge(pipeline, component)  # type: ignore[method-assign]
        run(pipeline, out, stdout=_Told(tell), stderr=_Told(tell))
    except _Enough:
        tell(f"No score was better for {PATIENCE:,} steps: the pipeline that had the best is kept.")
    except ValueError as error:
        raise Invalid(f"spaCy cannot train on these labels: {error}") from error
    for part in ("train.spacy", "dev.spacy"):
        (out / part).unlink()
    os.replace(out / "model-best", out / "pipeline")


def _cut(source: Path, target: Path, component: Component) -> int:
    """Copy a `.spacy` file with long documents in pieces, and return how many pieces there are.

    The span categorizer takes what is not labeled for nothing: what nobody read is left out.
    """
    from spacy.tokens import DocBin

    kept = DocBin(attrs=["ENT_IOB", "ENT_TYPE"])
    for doc in _docs(source):
        for piece in _pieces(doc, PIECE[component]):
            unread = sum(token.ent_iob == 0 for token in piece)
            if component == "ner" or unread <= UNREAD * len(piece):
                kept.add(piece)
    kept.to_disk(target)
    return len(kept)


def _docs(path: Path) -> "Iterator[Doc]":
    with path.open("rb") as file:
        yield from read_docs(file)


def _pieces(doc: "Doc", size: int) -> "Iterator[Doc]":
    """Yield a document in pieces of so many tokens at most."""
    first = 0
    while len(doc) - first > size:
        last = _cut_at(doc, first, size)
        yield _piece(doc, first, last)
        first = last
    yield _piece(doc, first, len(doc)) if first else doc


def _cut_at(doc: "Doc", first: int, size: int) -> int:
    """Return where the piece that begins at `first` ends: after a line, else between entities."""
    spans = doc.spans[SPANS_KEY]
    inside = {token for span in spans for token in range(span.start + 1, span.end)}
    places = [place for place in range(first + 1, first + size + 1) if place not in inside]
    after_lines = [place for place in places if "\n" in doc[place - 1].text]
    return (after_lines or places or [first + size])[-1]


def _piece(doc: "Doc", first: int, last: int) -> "Doc":
    from spacy.tokens import Doc, Span

    tokens = doc[first:last]
    marks = [
        f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else token.ent_iob_
        for token in tokens
    ]
    words, spaces = [token.text for token in tokens], [bool(token.whitespace_) for token in tokens]
    piece = Doc(doc.vocab, words=words, spaces=spaces, ents=marks)
    piece.spans[SPANS_KEY] = [
        Span(piece, span.start - first, span.end - first, span.label_)
        for span in doc.spans[SPANS_KEY]
        if first <= span.start < span.end <= last
    ]
    return piece


def judge(pipeline: "Language", corpus: Path) -> dict[str, Any]:
    """Return precision, recall and F1 of a pipeline, overall and by label, on a `.spacy` file."""
    from spacy.training import Example

    gold = list(_docs(corpus))
    if not gold:
        return {"documents": 0}
    examples = [Example(pipeline.make_doc(doc.text), doc) for doc in gold]
    scores = pipeline.evaluate(examples)
    prefix = _prefix("spancat" if "spancat" in pipeline.pipe_names else "ner")
    found = scores.get(f"{prefix}_per_type") or {}
    return {
        "documents": len(gold),
        "entities": sum(len(doc.spans[SPANS_KEY]) for doc in gold),
        "precision": scores.get(f"{prefix}_p"),
        "recall": scores.get(f"{prefix}_r"),
        "f1": scores.get(f"{prefix}_f"),
        "by_label": {label: dict(values) for label, values in sorted(found.items())},
    }
