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
from labeler.nlp.matching import Expression, Find, Finder, Sought, check
from labeler.nlp.packaging import wheel
from labeler.nlp.pipelines import RULED, Rules, load, load_once, pipelines, ruler_pipeline
from labeler.nlp.projects import (
    COMPONENT,
    CORPUS,
    project_commands,
    project_config,
    relation_component,
)
from labeler.nlp.reading import read_docs
from labeler.nlp.tokens import align, expand, spacy_version, tokenize
from labeler.nlp.training import Component, judge, train

__all__ = [
    "COMPONENT",
    "CORPUS",
    "RULED",
    "SPANS_KEY",
    "Bin",
    "Component",
    "Expression",
    "Find",
    "Finder",
    "Place",
    "Range",
    "Rules",
    "Sought",
    "align",
    "build_doc",
    "check",
    "expand",
    "judge",
    "load",
    "load_once",
    "longest_first",
    "pipelines",
    "project_commands",
    "project_config",
    "read_docs",
    "relation_component",
    "ruler_pipeline",
    "spacy_version",
    "to_doc",
    "tokenize",
    "train",
    "training_config",
    "vocab",
    "wheel",
]
