"""Small corpora in which spans nest, cross, touch and repeat."""

from hypothesis import settings
from hypothesis import strategies as st

from labeler.agreement import Work
from labeler.schema import Entity, Layer, Relation, Tokens

LENGTH = 12
LAW = settings(max_examples=60)
"""How a property is tried."""
NAMES = ("ana", "ben", "cid")


@st.composite
def entities(draw: st.DrawFn) -> tuple[Entity, ...]:
    """Draw up to five entities of one layer; two may be equal but for their id."""
    found = []
    for at in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, LENGTH - 1))
        end = draw(st.integers(start + 1, min(LENGTH, start + 5)))
        found.append(Entity(f"e{at}", start, end, draw(st.sampled_from("XYZ"))))
    return tuple(found)


@st.composite
def layers(draw: st.DrawFn, annotator: str) -> Layer:
    """Draw the work of one annotator, with up to three relations."""
    own = draw(entities())
    ends = st.sampled_from([e.id for e in own]) if own else st.nothing()
    links = [
        Relation(f"r{at}", draw(ends), draw(ends), draw(st.sampled_from("RS")))
        for at in range(draw(st.integers(0, 3)) if own else 0)
    ]
    return Layer(annotator, "done", entities=own, relations=tuple(links))


TOKENS = (None, Tokens((0, 2, 5, 6, 9), (2, 5, 6, 8, 12), "given"), Tokens((), (), "given"))


@st.composite
def corpora(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> list[Work]:
    """Draw up to four documents on each of which some of the annotators worked."""
    return [
        (
            f"d{at}",
            LENGTH,
            draw(st.sampled_from(TOKENS)),
            {name: draw(layers(name)) for name in names if draw(st.booleans())},
        )
        for at in range(draw(st.integers(0, 4)))
    ]


@st.composite
def shuffled(draw: st.DrawFn, work: list[Work]) -> list[Work]:
    """Draw the same corpus with documents, layers, entities and relations in another order."""
    rows = []
    for document, length, tokens, done in draw(st.permutations(work)):
        names = draw(st.permutations(sorted(done)))
        rows.append(
            (
                document,
                length,
                tokens,
                {
                    name: Layer(
                        name,
                        "done",
                        entities=tuple(draw(st.permutations(done[name].entities))),
                        relations=tuple(draw(st.permutations(done[name].relations))),
                    )
                    for name in names
                },
            )
        )
    return rows
