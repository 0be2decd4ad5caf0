"""The only door to spaCy, which is imported when it is first needed."""

from labeler.nlp.corpus import (
    SPANS_KEY,
    Bin,
    Place,
    Range,
    build_doc,
    longest_first,
    to_doc,
    training_config,
    vocab,
)
from labeler.nlp.pipelines import RULED, Rules, load, load_once, pipelines, ruler_pipeline
from labeler.nlp.reading import read_docs
from labeler.nlp.tokens import align, expand, tokenize
from labeler.nlp.training import Component, judge, train

__all__ = [
    "RULED",
    "SPANS_KEY",
    "Bin",
    "Component",
    "Place",
    "Range",
    "Rules",
    "align",
    "build_doc",
    "expand",
    "judge",
    "load",
    "load_once",
    "longest_first",
    "pipelines",
    "read_docs",
    "ruler_pipeline",
    "to_doc",
    "tokenize",
    "train",
    "training_config",
    "vocab",
]
