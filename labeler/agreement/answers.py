"""What annotators chose for documents as a whole, each group of categories being a question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeler.agreement.columns import Booleans, CategoryColumns, Integers

Groups = Sequence[tuple[str, tuple[str, ...]]]
"""The categories of which a document has one at most, by the name of their group."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was chosen from each group of categories.

    `names` are the answers, those of a group side by side and None, for nothing chosen, at its
    end; `given` is annotators × documents × groups and holds their places, -1 where somebody did
    not work.
    """

    groups: Groups
    names: tuple[str | None, ...]
    given: Integers

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many answers each group has."""
        return tuple(len(labels) + 1 for _, labels in self.groups)

    @classmethod
    def of(
        cls, columns: CategoryColumns, by_of: Integers, worked: Booleans, groups: Groups
    ) -> "Answers":
        """Read the categories of these groups; of two in one group, the first of the scheme.

        `by_of` says which annotator each one of the columns is, -1 for none of them; `worked` is
        documents × annotators.
        """
        names: list[str | None] = []
        given = np.full((*worked.T.shape, len(groups)), -1, dtype=np.int64)
        label = np.array([*columns.names, ""], dtype=object)[columns.label]
        by = by_of[columns.by]
        for at, (_, labels) in enumerate(groups):
            given[worked.T, at] = len(names) + len(labels)
            for place in reversed(range(len(labels))):
                rows = (label == labels[place]) & (by >= 0)
                given[by[rows], columns.document[rows], at] = len(names) + place
            names += [*labels, None]
        return cls(groups, tuple(names), given)
