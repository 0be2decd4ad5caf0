"""A model trained here beside `spacy train` with the same component on the same export.

Both get the `train.spacy` and `dev.spacy` of one export and are judged on its `test.spacy`, which
neither has seen. The floor is `spacy train` on the export's config, as it is but for the component.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.gold import project_with_gold
from labeler import nlp, transfer
from labeler.app import create_app
from labeler.config import Settings
from labeler.nlp import training_config
from labeler.transfer.training import LONGEST

COMPONENTS: tuple[nlp.Component, ...] = ("ner", "spancat")


def main(corpus: Path, components: tuple[nlp.Component, ...] = COMPONENTS) -> None:
    """Print the F1 that each component reaches, ours beside the floor, and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(Settings.from_env({"LABELER_INSTANCE": str(folder / "instance")}))
        with app.app_context():
            project, _ = project_with_gold(corpus)
            made = transfer.export(project, "docbin", split=(60, 20, 20), folder=folder / "export")
        print(f"training on {corpus.name}: {made.sentence()}")
        for component in components:
            _compare(made.folder, folder / component, component, project.language)


def _compare(corpus: Path, out: Path, component: nlp.Component, language: str) -> None:
    out.mkdir()
    f1 = {}
    for who, train in (("ours", _ours), ("floor", _floor)):
        began = time.perf_counter()
        pipeline = nlp.load_once(str(train(corpus, out / who, component, language)))
        scores: dict[str, Any] = nlp.judge(pipeline, corpus / "test.spacy")
        f1[who] = scores["f1"] or 0.0
        print(
            f"  {component:8} {who:6} F1 {f1[who]:.3f} on {scores['documents']} documents, "
            f"{time.perf_counter() - began:.0f} s",
            flush=True,
        )
    print(f"  {component:8} ratio: {f1['ours'] / (f1['floor'] or 1):.3f} (wanted: at least 0.98)")


def _ours(corpus: Path, out: Path, component: nlp.Component, language: str) -> Path:
    out.mkdir()
    nlp.train(corpus, out, component=component, language=language, longest=LONGEST)
    return out / "pipeline"


def _floor(corpus: Path, out: Path, component: nlp.Component, language: str) -> Path:
    out.mkdir()
    config = out / "config.cfg"
    config.write_text(training_config(language, (component,), LONGEST, "dev.spacy"))
    paths = [f"--paths.{part}={corpus / f'{part}.spacy'}" for part in ("train", "dev")]
    command = [sys.executable, "-m", "spacy", "train", str(config), "--output", str(out), *paths]
    subprocess.run(command, check=True, capture_output=True)
    return out / "model-best"
