"""What `labeler agreement --json` prints, part by part: the shapes of the report.

A value that cannot be computed is None, and `reason` says why; `low` and `high` are the borders of
its 95 % interval, None where too few documents bear one.
"""

from typing import NotRequired

from typing_extensions import TypedDict

Counts = dict[str, int]
"""How often, by kind of difference, by label, or by two labels as `one|other`, ∅ for nothing."""


class Score(TypedDict):
    """A measure with its interval."""

    value: float | None
    low: float | None
    high: float | None
    reason: NotRequired[str]


class NamedScore(Score):
    """A measure of an extension with its title."""

    title: str


class PairScore(Score):
    """How far one of two annotators agrees with the other, and how they differ."""

    a: str
    b: str
    documents: int
    kinds: Counts


class AnnotatorScore(Score):
    """How far one annotator agrees with the others: what only the others have is `missing`."""

    documents: int
    extra: int
    missing: int
    n: int


class LabelScore(Score):
    """How far everybody agrees on one label."""

    n: int
    kinds: Counts


class ControlScore(Score):
    """Agreement in some of the documents."""

    documents: int


class GivenScore(Score):
    """Agreement where both had the ends of a relation: `compared` of so many."""

    compared: int
    of: int
    coverage: float | None


class F1(TypedDict):
    """F1 of entities by what counts as the same."""

    strict: Score
    boundary: Score
    type: Score
    overlap: Score
    partial: Score


class Given(TypedDict):
    """Agreement on labels where both have the same span, or the same pair of entities."""

    compared: int
    agreement: Score
    kappa: Score


class Candidates(TypedDict):
    """Agreement on whether and how two entities that both have are related."""

    compared: int
    kappa: Score


class EntityPair(TypedDict):
    """Two annotators and their entities."""

    a: str
    b: str
    documents: int
    f1: F1
    token_alpha: Score
    u_alpha: Score
    same_span: Given
    kinds: Counts
    confusion: Counts


class Control(TypedDict):
    """Agreement of layers made with suggestions in sight (`shown`) and without."""

    layers: int
    blind: int
    f1_shown: ControlScore
    f1_blind: ControlScore


class Entities(TypedDict):
    """Agreement on entities."""

    f1: F1
    token_alpha: Score
    u_alpha: Score
    same_span: Given
    n: int
    from_suggestions: int
    kinds: Counts
    by_label: dict[str, LabelScore]
    by_annotator: dict[str, AnnotatorScore]
    pairs: list[EntityPair]
    needed: dict[str, int | None]
    competence: dict[str, float]
    suggested: NotRequired[int]
    control: Control | None


class RelationScores(TypedDict):
    """Agreement on relations, of two annotators as of all."""

    f1: Score
    unlabelled: Score
    bounds: Score
    given_entities: GivenScore
    given_overlap: GivenScore
    candidates: Candidates
    same_pair: Given
    kinds: Counts


class RelationPair(RelationScores):
    """Two annotators and their relations."""

    a: str
    b: str
    documents: int
    confusion: Counts


class Relations(RelationScores):
    """Agreement on relations."""

    n: int
    from_suggestions: int
    by_label: dict[str, LabelScore]
    by_annotator: dict[str, AnnotatorScore]
    pairs: list[RelationPair]
    needed: dict[str, int | None]


class CategoryPair(TypedDict):
    """Two annotators and what they chose from a group."""

    a: str
    b: str
    documents: int
    observed: Score
    kappa: Score
    alpha: Score
    fleiss: Score
    ac1: Score
    kinds: Counts
    confusion: Counts


class Categories(TypedDict):
    """Agreement on the labels of documents of one group."""

    group: str
    documents: int
    answers: Counts
    observed: Score
    kappa: Score
    alpha: Score
    fleiss: Score
    ac1: Score
    needed: dict[str, int | None]
    pairs: list[CategoryPair]


class HeldCategories(TypedDict):
    """What somebody chose from a group, beside what it is held against."""

    a: str
    b: str
    group: str
    documents: int
    observed: Score
    kappa: Score
    kinds: Counts
    confusion: Counts


class Held(TypedDict):
    """How far somebody agrees with gold, or with what they first submitted."""

    entities: PairScore
    relations: PairScore
    categories: list[HeldCategories]


class HeldPairs(TypedDict):
    """How far each annotator agrees with what they are held against."""

    entities: list[PairScore]
    relations: list[PairScore]
    categories: list[HeldCategories]


class Opened(TypedDict):
    """Words of a sentence that tell a number, and the comparisons of a part that it is made of;
    without a part, the shared documents."""

    words: str
    part: str | None
    kind: str | None


class Training(TypedDict):
    """How many documents are for training, and whether they count."""

    documents: int
    counted: bool


class Report(TypedDict):
    """How far the annotators of a project agree; `against` has each beside gold and others."""

    documents: int
    annotators: list[str]
    entities: Entities
    relations: Relations
    categories: list[Categories]
    measures: NotRequired[dict[str, NamedScore]]
    warnings: list[str]
    opened_by_warnings: NotRequired[list[list[Opened]]]
    against: dict[str, HeldPairs]
    training: Training


class Compared(TypedDict):
    """A shared document: `value` is strict F1 over all pairs."""

    id: int
    document: str
    annotators: int
    value: float | None
    compared: int
    differences: int
