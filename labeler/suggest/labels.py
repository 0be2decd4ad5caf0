"""What the labels of a suggester are called in a project's scheme."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from labeler.errors import Invalid
from labeler.schema import Kind, Scheme

ENTITY_NAMES: dict[str, tuple[str, ...]] = {
    "PERSON": ("PERSON", "PER", "PEOPLE", "HUMAN", "INDIVIDUAL", "PERSON_NAME"),
    "NORP": ("NORP", "NATIONALITY", "DEMONYM", "ETHNICITY", "PEOPLES", "GROUP", "MISC"),
    "ORG": ("ORG", "ORGANIZATION", "INSTITUTION", "COMPANY", "AGENCY"),
    "GPE": ("GPE", "PLACE", "LOCATION", "LOC", "GEO", "COUNTRY", "CITY"),
    "LOC": ("LOC", "LOCATION", "PLACE", "REGION", "GEO", "GPE"),
    "FAC": ("FAC", "FACILITY", "BUILDING", "PLACE", "LOCATION", "LOC"),
    "EVENT": ("EVENT", "EVT", "MISC"),
    "DATE": ("DATE", "DATETIME", "TIME", "TIMEX", "TIMEX3", "WHEN"),
    "TIME": ("TIME", "TIME_OF_DAY", "DATETIME", "TIMEX", "TIMEX3", "WHEN"),
    "CARDINAL": ("CARDINAL", "NUMBER", "NUM", "COUNT", "QUANTITY", "NUMERIC"),
    "QUANTITY": ("QUANTITY", "MEASURE", "MEASUREMENT"),
    "ORDINAL": ("ORDINAL", "RANK"),
    "PERCENT": ("PERCENT", "PERCENTAGE", "SHARE"),
    "MONEY": ("MONEY", "AMOUNT", "PRICE", "CURRENCY"),
    "AGE": ("AGE",),
    "TITLE": ("TITLE", "ROLE", "POSITION", "JOB_TITLE", "OCCUPATION", "PROFESSION"),
    "LANGUAGE": ("LANGUAGE", "LANG"),
    "PRODUCT": ("PRODUCT", "PROD", "MISC"),
    "WORK_OF_ART": ("WORK_OF_ART", "WORK", "ART", "CREATIVE_WORK", "MISC"),
    "LAW": ("LAW", "STATUTE", "LEGISLATION"),
    "URL": ("URL", "LINK", "WEBSITE", "WEB_ADDRESS", "URI"),
    "EMAIL": ("EMAIL", "E_MAIL_ADDRESS", "EMAIL_ADDRESS"),
    "DOI": ("DOI", "IDENTIFIER"),
    "CITATION": ("CITATION", "REFERENCE", "REF"),
    "VERSION": ("VERSION", "VERSION_NUMBER"),
    "GENE": (
        "GENE",
        "PROTEIN",
        "GENE_OR_PROTEIN",
        "GENE_PROTEIN",
        "GENE_OR_GENE_PRODUCT",
        "GENE_PRODUCT",
        "GGP",
        "BIOMOLECULE",
    ),
    "CHEMICAL": ("CHEMICAL", "DRUG", "COMPOUND", "SIMPLE_CHEMICAL", "SUBSTANCE", "MEDICATION"),
    "DISEASE": ("DISEASE", "DISORDER", "ILLNESS", "DIAGNOSIS"),
    "SPECIES": ("SPECIES", "ORGANISM", "TAXON"),
}
"""The names a kind of entity goes by, the closest first."""

RELATION_NAMES: dict[str, tuple[str, ...]] = {
    "LEADER_OF": ("LEADER_OF", "LEADS", "HEADS", "HEAD_OF", "LEADER", "RULES", "RUNS"),
    "LOCATED_IN": (
        "LOCATED_IN",
        "LOCATED_AT",
        "LOCATION",
        "LOCATION_OF",
        "IS_IN",
        "IN",
        "BASED_IN",
    ),
    "MET_WITH": ("MET_WITH", "MEETS", "MET", "MEETING_WITH", "TALKED_TO"),
    "MEMBER_OF": ("MEMBER_OF", "BELONGS_TO", "AFFILIATED_WITH", "WORKS_FOR", "EMPLOYED_BY"),
}


class LabelMap:
    """Answers which label of the scheme stands for a label of a suggester.

    `labels` are the project's own choices and win; a label set to None is not proposed, nor is one
    that is retired. A name that a label had formerly stands for it.
    Raises Invalid when a choice is not a label of the scheme.
    """

    def __init__(self, scheme: Scheme, labels: Mapping[str, Any] | None = None) -> None:
        if labels is not None and not isinstance(labels, Mapping):
            raise Invalid("The option “labels” is a table of labels: {“GPE”: “PLACE”}.")
        self._scheme = scheme
        self._chosen = dict(labels or {})
        self._entities = _names(scheme, "entities")
        self._relations = _names(scheme, "relations")
        known = {None, *self._entities, *self._relations}
        wrong = sorted({str(name) for name in self._chosen.values() if name not in known})
        if wrong:
            raise Invalid(
                f"The scheme has no label {', '.join(wrong)}. "
                "Add it to the scheme or map to a label that is there."
            )
        self._cache: dict[tuple[str, str], str | None] = {}

    def entity(self, label: str) -> str | None:
        """Return the entity label of the scheme for `label`; None: do not propose it."""
        return self._lookup("entity", label, self._entities, ENTITY_NAMES)

    def relation(self, label: str, head: str, tail: str) -> str | None:
        """Return the relation label for `label` that may link these entity labels, or None."""
        name = self._lookup("relation", label, self._relations, RELATION_NAMES)
        found = self._scheme.relation(name) if name else None
        return name if found and found.allows(head, tail) else None

    def _lookup(
        self, what: str, label: str, names: dict[str, str], kinds: dict[str, tuple[str, ...]]
    ) -> str | None:
        key = (what, label)
        if key not in self._cache:
            found = self._find(label, names, kinds)
            kind: Kind = "entities" if what == "entity" else "relations"
            self._cache[key] = self._scheme.offered(kind, found) if found else None
        return self._cache[key]

    def _find(
        self, label: str, names: dict[str, str], kinds: dict[str, tuple[str, ...]]
    ) -> str | None:
        if label in self._chosen:
            chosen = self._chosen[label]
            return names.get(chosen)
        if label in names:
            return names[label]
        plain = {_plain(name): name for name in reversed(names)}
        wanted = (_plain(label), *_synonyms(_plain(label), kinds))
        return next((names[plain[name]] for name in wanted if name in plain), None)


def _names(scheme: Scheme, kind: Kind) -> dict[str, str]:
    """Return the labels of a kind by all their names: present ones, and those they had formerly."""
    return {label.name: label.name for label in scheme.labels(kind)} | dict(scheme.former(kind))


def _synonyms(plain: str, kinds: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the other names of the kind that is called so, or is most closely called so."""
    ranked = [
        (names.index(plain), names)
        for names in (tuple(_plain(name) for name in names) for names in kinds.values())
        if plain in names
    ]
    return min(ranked, key=lambda item: item[0])[1] if ranked else ()


@cache
def _plain(name: str) -> str:
    """Return a name without case, joiners, British spelling and plural."""
    plain = re.sub(r"[\W_]+", "", name.casefold()).replace("isation", "ization")
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    return plain.removesuffix("s") if len(plain) > 3 else plain
