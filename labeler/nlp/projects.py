"""What a spaCy project consists of beside its corpus: config, component, commands."""

from pathlib import Path
from typing import Any

from labeler.nlp.corpus import SPANS_KEY, training_config

CORPUS, COMPONENT = "corpus", "scripts/relations.py"
"""Where the corpus lies in a project, and the relation component."""
_CONFIG, _BEST = "configs/config.cfg", "training/model-best"


def project_config(
    language: str, components: tuple[str, ...], longest: int, dev: str, rules: dict[str, Any]
) -> str:
    """Return a config as `training_config` has it, for a corpus in the folder `corpus`.

    `rules`, labels of relations with the labels allowed as head and tail, add the component that
    learns them; without any there is none.
    """
    from spacy.util import load_config_from_str

    config = load_config_from_str(training_config(language, components, longest, dev))
    config["paths"].update({"train": f"{CORPUS}/train.spacy", "dev": f"{CORPUS}/{dev}"})
    if rules:
        config["nlp"]["pipeline"] = [*config["nlp"]["pipeline"], "relations"]
        config["components"]["relations"] = _relations("spancat" in components, rules)
        weights = config["training"]["score_weights"]
        halved = {name: weight and weight / 2 for name, weight in weights.items()}
        weights.update({**halved, "rels_f": 0.5, "rels_p": 0.0, "rels_r": 0.0})
    return config.to_str() + "\n"


def _relations(overlapping: bool, rules: dict[str, Any]) -> dict[str, Any]:
    """Return how the relation component is made; its words are its own, not those of `ner`."""
    words = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
    }
    model = {"@architectures": "labeler.Relations.v1", "hidden_size": 64, "tok2vec": words}
    place = {"spans_key": SPANS_KEY if overlapping else None, "reach": 100, "threshold": 0.5}
    return {"factory": "relations", **place, "rules": rules, "model": model}


def relation_component() -> bytes:
    """Return the relation component as a file that needs spaCy alone."""
    return Path(__file__).with_name("relations.py").read_bytes()


def project_commands(title: str, name: str, test: str, related: bool) -> dict[str, Any]:
    """Return `project.yml` as a value: how to train, judge and package; `all` does the first two.

    `test` is the file of the corpus that the pipeline is judged by.
    """
    code = f"--code {COMPONENT}" if related else ""
    needed = [_CONFIG, f"{CORPUS}/train.spacy", *([COMPONENT] if related else [])]
    train = f"python -m spacy train {_CONFIG} --output training {code} --gpu-id ${{vars.gpu}}"
    steps = "--training.max_steps ${vars.max_steps} --training.eval_frequency ${vars.judge_every}"
    corpus, scores = f"{CORPUS}/${{vars.test}}", "metrics/scores.json"
    judge = f"python -m spacy evaluate {_BEST} {corpus} --output {scores}"
    if related:  # of which spaCy's own command tells nothing
        judge = f"python {COMPONENT} {_BEST} {corpus} {scores}"
    package = f"python -m spacy package {_BEST} packages --name ${{vars.name}} --force {code}"
    return {
        "title": title,
        "vars": {"name": name, "gpu": -1, "max_steps": 20000, "judge_every": 200, "test": test},
        "directories": ["configs", CORPUS, "metrics", "packages", "scripts", "training"],
        "workflows": {"all": ["train", "evaluate"]},
        "commands": [
            {
                "name": "train",
                "help": "Train the pipeline",
                "script": [f"{train} {steps}"],
                "deps": needed,
                "outputs": [_BEST],
            },
            {
                "name": "evaluate",
                "help": "Judge the pipeline",
                "script": [judge],
                "deps": [_BEST, corpus],
                "outputs": [scores],
            },
            {
                "name": "package",
                "help": "Make the pipeline a package that pip installs",
                "script": [package],
                "deps": [_BEST],
            },
        ],
    }
