"""Plain facts about English that no package holds: words around names, demonyms, institutions."""

from labeler.suggest.english import bodies, people, places, words

__all__ = ["bodies", "people", "places", "words"]
