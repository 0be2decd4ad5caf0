"""spaCy pipelines: those that people have, and those made of rulers."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from labeler.errors import Unavailable
from labeler.nlp import refusals
from labeler.nlp.tokens import blank

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


def pipelines() -> list[str]:
    """Return the names of the pipelines that are installed as packages."""
    import spacy

    return sorted(spacy.util.get_installed_models())


@lru_cache(maxsize=2)
def load(name: str) -> "Language":
    """Return the pipeline of a package or folder, kept; raises Unavailable saying what to do."""
    return load_once(name)


def load_once(name: str) -> "Language":
    """Return the pipeline of a package or folder, read anew; raises Unavailable as `load`."""
    try:
        with warnings.catch_warnings():
            # spaCy only warns of a pipeline of another version, which then finds other things.
            warnings.filterwarnings("error", message=r"\[W095\]")
            return _with_relations(name)
    except UserWarning:
        raise Unavailable(refusals.of_another_version(name)) from None
    except (OSError, ImportError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unavailable(refusals.why_not(name, error, pipelines())) from error


def _with_relations(name: str) -> "Language":
    """Return a pipeline, also one from a project folder, whose component lies in that folder."""
    import spacy

    try:
        return spacy.load(name)
    except ValueError as error:
        if "'relations'" not in str(error):
            raise
    import_module("labeler.nlp.relations")
    return spacy.load(name)


# ---- rulers ------------------------------------------------------------------------------------

Hits = Iterator[tuple[int, int, int]]
Rules = Callable[[str, list[str], Hits], tuple[Sequence[Any], Sequence[Any]]]

RULED = "rulers"
"""Span group in which a pipeline of rulers leaves what it found."""


def ruler_pipeline(language: str, names: Sequence[tuple[str, str]], rules: Rules) -> Any:
    """Return a spaCy pipeline that looks names up and then applies rules; raises Unavailable.

    `names` are spellings with labels, found in any case. `rules` gets a text, its tokens and the
    names found as (start token, end token, index in `names`); it returns spans (start token, end
    token, label, score, reason) and relations between them (indices of head and tail, label,
    score, reason). They end up in `doc.spans[RULED]` and its attributes.
    """
    from spacy.language import Language

    pipeline = blank(language)
    settings = {"spans_key": "names", "phrase_matcher_attr": "LOWER", "annotate_ents": False}
    ruler: Any = pipeline.add_pipe("span_ruler", config=settings)
    ruler.add_patterns(
        [{"label": label, "pattern": text, "id": str(i)} for i, (text, label) in enumerate(names)]
    )
    Language.factory("labeler_rules", func=_ruled)
    # The rules come in here: registered as a function, the first ones would serve every language.
    component: Any = pipeline.add_pipe("labeler_rules")
    component.rules = rules
    return pipeline


def _ruled(nlp: "Language", name: str) -> "_Ruled":
    del nlp, name  # what every factory is given
    return _Ruled()


class _Ruled:
    """The component that applies rules to the names that the ruler before it found."""

    rules: Rules

    def __call__(self, doc: "Doc") -> "Doc":
        from spacy.tokens import Span, SpanGroup

        hits = ((span.start, span.end, int(span.id_)) for span in doc.spans.pop("names"))
        spans, links = self.rules(doc.text, [token.text for token in doc], hits)
        attrs = {
            "scores": [score for *_, score, _ in spans],
            "reasons": [reason for *_, reason in spans],
            "links": [tuple(link) for link in links],
        }
        found = [Span(doc, start, end, label=label) for start, end, label, _, _ in spans]
        doc.spans[RULED] = SpanGroup(doc, name=RULED, spans=found, attrs=attrs)
        return doc
