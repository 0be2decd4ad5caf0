"""A spaCy project: a folder in which `python -m spacy project run all` trains and judges.

The format: https://spacy.io/usage/projects. The folder needs spaCy and nothing else; the component
that learns relations lies in it as a file.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from labeler import nlp
from labeler.formats import KEPT, Exported, Report
from labeler.formats.docbin import Corpus
from labeler.schema import Scheme

_README = """# {title}

A spaCy project with what was labeled. It needs spaCy ({version}) alone.

    pip install -r requirements.txt
    python -m spacy project run all

trains a pipeline of {components}, judges it by `corpus/{test}`, and leaves it in
`training/model-best`, its scores in `metrics`. `python -m spacy project run package` makes it a
package. What did not fit stands in `report.json`, what all this is made of in `manifest.json`.

| part | documents | entities | relations |
|---|---|---|---|
{rows}
{use}"""
_USE = """
Relations are scored between the entities that the pipeline finds. Python has to know the component
before it loads the pipeline:

    import sys; sys.path.insert(0, "scripts"); import relations
    import spacy
    doc = spacy.load("training/model-best")("...")
    doc._.rel  # {(first token of head, first token of tail): {label: score}}
"""


class SpacyProjectExporter:
    """Writes `project.yml`, a config, the corpus in its parts, and the relation component."""

    name: ClassVar[str] = "spacy-project"
    title: ClassVar[str] = "spaCy project, ready for spacy project run"
    keeps: ClassVar[frozenset[str]] = frozenset(KEPT)

    def write(
        self,
        records: Iterable[Exported],
        folder: Path,
        *,
        scheme: Scheme,
        language: str,
        options: dict[str, Any],
    ) -> Report:
        """Write the folder. Options and what does not fit are those of the format docbin."""
        corpus = Corpus(records, scheme, options)
        (folder / nlp.CORPUS).mkdir()
        corpus.write(folder / nlp.CORPUS)
        rules = _rules(scheme) if corpus.related else {}
        if scheme.relations and not rules:
            message = "No relation is in train.spacy: the project trains entities only."
            corpus.report.warnings.append(message)
        config = nlp.project_config(language, corpus.components, corpus.longest, corpus.dev, rules)
        _write(folder / "configs" / "config.cfg", config.encode())
        if rules:
            _write(folder / nlp.COMPONENT, nlp.relation_component())
        name = str((options.get("manifest") or {}).get("project") or "labeled")
        commands = nlp.project_commands(f"Trained on {name}", _word(name), corpus.test, bool(rules))
        _write(folder / "project.yml", yaml.safe_dump(commands, sort_keys=False).encode())
        version = f"=={nlp.spacy_version()}"
        _write(folder / "requirements.txt", f"spacy{version}\n".encode())
        components = [*corpus.components, *(["relations"] if rules else [])]
        readme = _README.format(
            title=commands["title"],
            version=version,
            components=" and ".join(f"`{component}`" for component in components),
            test=corpus.test,
            rows=_rows(corpus),
            use=_USE if rules else "",
        )
        _write(folder / "README.md", readme.encode())
        return corpus.finish(folder)


def _rules(scheme: Scheme) -> dict[str, Any]:
    return {
        label.name: {"head": list(label.head), "tail": list(label.tail)}
        for label in scheme.relations
    }


def _word(name: str) -> str:
    """Return a name as Python packages have them."""
    word = "".join(character if character.isalnum() else "_" for character in name.lower())
    return word if word.isascii() and word[:1].isalpha() else f"p_{word.encode().hex()[:20]}"


def _rows(corpus: Corpus) -> str:
    return "\n".join(
        f"| {part} | {counts['documents']} | {sum(counts['entities'].values())} "
        f"| {sum(counts['relations'].values())} |"
        for part, counts in corpus.described().items()
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
