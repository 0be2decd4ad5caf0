"""Suggestions over a corpus, beside the pipeline alone over the same texts.

Ours reads the documents, runs the pipeline, maps its labels and stores the proposals; the floor is
`nlp.pipe` of the same pipeline with as many texts at once, its results thrown away.
"""

import tempfile
from collections import deque
from pathlib import Path

import spacy
from spacy.training import Example

from benchmarks.corpus import LABELS, articles, project_with_articles
from benchmarks.measure import compare
from labeler import transfer
from labeler.app import create_app
from labeler.config import Settings
from labeler.models import Project, SuggesterRun, Suggestion, db, transaction
from labeler.suggest.pipeline import BATCH

ARTICLES = 200


def main() -> None:
    """Print both rates and their ratio, for a small trained pipeline."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pipeline = train_pipeline(folder / "pipeline")
        app = create_app(Settings.from_env({"LABELER_INSTANCE": name}))
        with app.app_context():
            project = project_with_articles(ARTICLES)
            with transaction():
                project = db.session.get_one(Project, project.id)
                project.suggester = "spacy"
                project.suggester_options = {"pipeline": str(pipeline)}
            texts = [article["text"] for article in articles(ARTICLES)]
            nlp = spacy.load(pipeline)
            key = project.id

            def ours() -> None:
                with transaction() as session:
                    session.query(Suggestion).delete()
                    session.query(SuggesterRun).delete()
                count = transfer.suggest(db.session.get_one(Project, key))
                assert count == ARTICLES

            compare(
                f"suggesting, {ARTICLES} articles of 350 tokens, a small trained pipeline",
                ours,
                lambda: deque(nlp.pipe(texts, batch_size=BATCH), maxlen=0) and None,
                wanted=0.9,
                unit=ARTICLES,
            )


def train_pipeline(folder: Path) -> Path:
    """Return a pipeline that finds entities, trained for a moment on articles of the same kind."""
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("ner")
    for label in LABELS:
        ner.add_label(label)
    examples = []
    for article in articles(20):
        doc = nlp.make_doc(article["text"])
        spans = [(e["start"], e["end"], e["label"]) for e in article["entities"]]
        examples.append(Example.from_dict(doc, {"entities": spans}))
    nlp.initialize(lambda: examples)
    nlp.update(examples)
    nlp.to_disk(folder)
    return folder
