"""Recognises by their texts the articles of files that give no ids of their own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from labeler.formats import Imported
from labeler.models import Document, Project
from labeler.models.documents import text_sha256

Names = dict[str, list[str]]
"""For each text, by its checksum, the articles that have it, the first one first."""


@dataclass
class Recognition:
    """Which articles of a project those of one import are.

    People who labeled the same corpus elsewhere hand in a file each, and the ids that are made from
    file names and lines differ between them. A layer therefore goes to the article of the same
    text; of several with the same text the n-th is the n-th, so that nothing is labeled twice.
    """

    project: Project
    _taken: set[tuple[str, str]] = field(default_factory=set)
    """Annotators with the articles that they have in this import."""

    def recognise(self, session: Session, articles: Iterable[Imported]) -> list[Imported]:
        """Return the articles, those with a layer and without an id under the name they have."""
        articles = list(articles)
        shas = {_sha(article) for article in articles if _nameless(article)}
        known = self._known(session, shas)
        return list(self._renamed(articles, known))

    def _known(self, session: Session, shas: set[str]) -> Names:
        names: Names = {}
        if shas:
            found = select(Document.sha256, Document.name).where(
                Document.project_id == self.project.id, Document.sha256.in_(shas)
            )
            for sha, name in session.execute(found.order_by(Document.id)):
                names.setdefault(sha, []).append(name)
        return names

    def _renamed(self, articles: Iterable[Imported], known: Names) -> Iterator[Imported]:
        for article in articles:
            if _nameless(article):
                name = self._name(article, known.get(_sha(article), []))
                yield replace(article, document=replace(article.document, id=name))
            else:
                yield article

    def _name(self, article: Imported, names: Sequence[str]) -> str:
        """Return the article's own name where it is known so, else the first that is free."""
        own, who = article.document.id, article.layer.annotator if article.layer else ""
        free = (name for name in names if (who, name) not in self._taken)
        name = own if own in names else next(free, own)
        self._taken.add((who, name))
        return name


def _nameless(article: Imported) -> bool:
    return article.layer is not None and not article.named


def _sha(article: Imported) -> str:
    return text_sha256(article.document.text)
