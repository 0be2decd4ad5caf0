"""Relations between the entities of a Doc: a spaCy component that is trained with them.

It needs spaCy alone. In a project folder that labeler wrote it lies as scripts/relations.py, given
to spaCy with --code; `python scripts/relations.py PIPELINE CORPUS FILE` judges a pipeline.

Each ordered pair of entities within reach is scored for every label: from the mean vectors of the
head, the tail and the words between them, and from the labels, the order and the distance of both.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import spacy
from spacy.language import Language
from spacy.ml.extract_spans import extract_spans
from spacy.pipeline import TrainablePipe
from spacy.scorer import PRFScore
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example, validate_examples
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import (
    HashEmbed,
    Linear,
    Logistic,
    Maxout,
    Model,
    Optimizer,
    Ragged,
    chain,
    concatenate,
    glorot_uniform_init,
    list2ragged,
    reduce_mean,
    set_dropout_rate,
    with_getitem,
)

if not Doc.has_extension("rel"):
    Doc.set_extension("rel", default={})

Rules = dict[str, dict[str, list[str]]]
"""Labels of relations with the labels allowed as head and as tail; none stands for any."""
_KINDS = 3
"""Features of a pair beside its words: label of the head, of the tail, order with distance."""


class Pair(NamedTuple):
    """Two entities that may be related."""

    head: Span
    tail: Span

    @property
    def key(self) -> tuple[int, int]:
        """Return what `doc._.rel` knows it by: the first tokens of head and tail."""
        return self.head.start, self.tail.start

    def spans(self) -> list[tuple[int, int]]:
        """Return the tokens of head, tail and what is between, with one of each on either side."""
        first, last = sorted((self.head, self.tail), key=lambda span: span.start)
        between = (first.end - 1, max(first.end, last.start + 1))
        return [(self.head.start, self.head.end), (self.tail.start, self.tail.end), between]

    def kinds(self) -> list[int]:
        """Return the labels, and the order and distance as one number."""
        distance = self.tail.start - self.head.start
        return [self.head.label, self.tail.label, abs(distance).bit_length() * 2 + (distance > 0)]


def pairs(doc: Doc, spans_key: str | None, reach: int, rules: Rules) -> list[Pair]:
    """Return the pairs of entities at most `reach` tokens apart that a label allows.

    Entities are those of a span group, or of `doc.ents`. Of several that begin on one token the
    longest counts: `doc._.rel` cannot tell them apart.
    """
    entities = doc.spans.get(spans_key, ()) if spans_key else doc.ents
    longest = {span.start: span for span in sorted(entities, key=lambda span: span.end)}
    found = sorted(longest.values(), key=lambda span: span.start)
    return [
        Pair(head, tail)
        for head in found
        for tail in found
        if head is not tail
        and abs(head.start - tail.start) <= reach
        and any(allowed(rule, head, tail) for rule in rules.values())
    ]


def allowed(rule: dict[str, list[str]], head: Span, tail: Span) -> bool:
    """Tell whether a relation may have these two ends."""
    return all(
        not rule.get(end) or span.label_ in rule[end]
        for end, span in (("head", head), ("tail", tail))
    )


# ---- model -----------------------------------------------------------------------------------


@registry.architectures("labeler.Relations.v1")
def build_model(tok2vec: Model, hidden_size: int) -> Model:
    """Return a model that scores pairs, given with their Docs, for every label: 0 to 1."""
    words: Model = chain(
        with_getitem(0, chain(tok2vec, list2ragged())), extract_spans(), reduce_mean()
    )
    kinds: Model = concatenate(
        *(HashEmbed(8, 100, column=column, seed=column) for column in range(_KINDS))
    )
    output = Linear(init_W=glorot_uniform_init)
    scorer: Model = chain(Maxout(nO=hidden_size, normalize=True, dropout=0.0), output, Logistic())
    return Model(
        "relations",
        _forward,
        init=_init,
        layers=[words, kinds, scorer],
        refs={"tok2vec": tok2vec, "output": output},
    )


def _joined(model: Model, x: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    """Return a row of features for each pair."""
    docs, spans, kinds = x
    words, back_words = model.layers[0]((docs, spans), is_train)
    told, back_told = model.layers[1](kinds, is_train)
    wide = words.reshape(len(kinds), -1)

    def backprop(d_rows: Any) -> Any:
        back_told(model.ops.as_contig(d_rows[:, wide.shape[1] :]))
        d_words = model.ops.as_contig(d_rows[:, : wide.shape[1]])
        return back_words(d_words.reshape(words.shape))

    return model.ops.xp.hstack([wide, told]), backprop


def _forward(model: Model, x: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    rows, back_rows = _joined(model, x, is_train)
    scores, back_scores = model.layers[2](rows, is_train)
    return scores, lambda d_scores: back_rows(back_scores(d_scores))


def _init(model: Model, X: Any = None, Y: Any = None) -> None:  # noqa: N803 - thinc names them
    if X is not None:
        docs, spans, kinds = X
        model.layers[0].initialize(X=(docs, spans))
        model.layers[1].initialize(X=kinds)
        model.layers[2].initialize(X=_joined(model, X, False)[0], Y=Y)


# ---- component -------------------------------------------------------------------------------


class Relations(TrainablePipe):
    """Writes `doc._.rel`: `{(first token of head, of tail): {label: score}}`."""

    def __init__(
        self,
        nlp: Language,
        name: str,
        *,
        model: Model,
        rules: Rules,
        spans_key: str | None,
        reach: int,
        threshold: float,
    ) -> None:
        self.vocab, self.model, self.name = nlp.vocab, model, name
        self.cfg: dict[str, Any] = {}
        self._place = (spans_key, reach, rules)
        self._threshold = threshold

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels of the relations."""
        return tuple(self._place[2])

    def _input(self, docs: Sequence[Doc], found: Sequence[list[Pair]]) -> Any:
        """Return Docs with the pairs found in each as the model takes them."""
        ops = self.model.ops
        spans = [span for pairs in found for pair in pairs for span in pair.spans()]
        lengths = ops.asarray1i([3 * len(pairs) for pairs in found])
        kinds = np.array([pair.kinds() for pairs in found for pair in pairs], dtype=np.uint64)
        return list(docs), Ragged(ops.asarray2i(spans, dtype="i"), lengths), kinds

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None
    ) -> None:
        """Size the model by some examples; raises ValueError where no entities can be related."""
        del nlp  # what spaCy gives every component
        there = ((eg.reference, pairs(eg.reference, *self._place)) for eg in get_examples())
        sample = list(islice((found for found in there if found[1]), 10))
        if not sample:
            raise ValueError("No document has two entities that the scheme lets be related.")
        docs, found = zip(*sample, strict=True)
        scores = self.model.ops.alloc2f(sum(map(len, found)), len(self.labels))
        self.model.initialize(X=self._input(docs, found), Y=scores)

    def predict(self, docs: Iterable[Doc]) -> list[list[tuple[Pair, Any]]]:
        """Return the pairs in each Doc with a score for every label."""
        docs = list(docs)
        found = [pairs(doc, *self._place) for doc in docs]
        scores = iter(self.model.predict(self._input(docs, found)) if any(found) else ())
        return [[(pair, next(scores)) for pair in inside] for inside in found]

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Write the scores into `doc._.rel`; what the rules forbid has 0."""
        rules = self._place[2]
        for doc, found in zip(docs, scores, strict=True):
            doc._.rel = {
                pair.key: {
                    label: float(score) if allowed(rules[label], *pair) else 0.0
                    for label, score in zip(self.labels, row, strict=True)
                }
                for pair, row in found
            }

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from the pairs of entities as they were labeled, whatever is found before."""
        examples = list(examples)
        validate_examples(examples, "Relations.update")
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        found = [list(self._labeled(eg)) for eg in examples]
        if not any(found):
            return losses
        set_dropout_rate(self.model, drop)
        given = self._input([eg.predicted for eg in examples], found)
        scores, backprop = self.model.begin_update(given)
        wrong = scores - self.model.ops.asarray2f(self._truth(examples, found))
        backprop(wrong)
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += float((wrong**2).sum())
        return losses

    def _labeled(self, eg: Example) -> Iterator[Pair]:
        """Yield the pairs of a labeled Doc, where the pipeline cuts the same tokens."""
        if len(eg.predicted) == len(eg.reference):
            yield from pairs(eg.reference, *self._place)

    def _truth(self, examples: Iterable[Example], found: Iterable[list[Pair]]) -> list[list[float]]:
        return [
            [float(eg.reference._.rel.get(pair.key, {}).get(label, 0.0)) for label in self.labels]
            for eg, inside in zip(examples, found, strict=True)
            for pair in inside
        ]

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        """Return precision, recall and F1 of relations between the entities that were found."""
        total, by_label = PRFScore(), {label: PRFScore() for label in self.labels}
        for eg in examples:
            found, gold = self._holding(eg.predicted), self._holding(eg.reference)
            total.score_set(found, gold)
            for label, scorer in by_label.items():
                scorer.score_set(*({r for r in side if r[2] == label} for side in (found, gold)))
        by_type = {label: scorer.to_dict() for label, scorer in by_label.items()}
        values = {"p": total.precision, "r": total.recall, "f": total.fscore}
        return {**{f"rels_{name}": values[name] for name in values}, "rels_per_type": by_type}

    def _holding(self, doc: Doc) -> set[tuple[int, int, str]]:
        """Return the relations that hold, by the offsets of their first tokens."""
        return {
            (doc[head].idx, doc[tail].idx, label)
            for (head, tail), scores in doc._.rel.items()
            for label, score in scores.items()
            if score >= self._threshold and label in self._place[2]
        }


if not Language.has_factory("relations"):  # which a package with this file may have brought
    Language.factory(
        "relations",
        assigns=["doc._.rel"],
        default_config={"spans_key": None, "reach": 100, "threshold": 0.5},
        default_score_weights={"rels_f": 1.0, "rels_p": None, "rels_r": None},
        func=Relations,
    )


def judge(pipeline: str, corpus: str, file: str) -> None:
    """Judge a pipeline on a .spacy file and write the scores as JSON."""
    nlp = spacy.load(pipeline)
    gold = DocBin().from_disk(corpus).get_docs(Vocab())
    scores = nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in gold])
    told = {
        name: scores[name] for name in sorted(scores) if name.startswith(("ents", "spans", "rels"))
    }
    Path(file).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: told[name] for name in told if "_per_" not in name}, indent=2))  # noqa: T201


if __name__ == "__main__":
    judge(*sys.argv[1:])
