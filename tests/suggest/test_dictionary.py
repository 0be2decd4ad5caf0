"""The dictionary: what a finished layer teaches, and what is proposed for it."""

from collections import Counter, defaultdict
from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from labeler import nlp
from labeler.schema import Entity, Relation, parse_scheme
from labeler.suggest import dictionary
from labeler.suggest.reading import ENTITY, Counts, Key, Reading

SCHEME = parse_scheme(
    {
        "entities": [{"name": "PERSON"}, {"name": "GPE"}],
        "relations": [
            {"name": "LEADER_OF", "head": ["PERSON"], "tail": ["GPE"]},
            {"name": "NEAR"},
        ],
    }
)


class Memory:
    """Counts kept in memory, as the database keeps them."""

    def __init__(self) -> None:
        self.counts: dict[Key, Counter[str]] = defaultdict(Counter)

    def look_up(self, keys: Collection[Key]) -> Counts:
        """Return what is known of these keys."""
        return {key: self.counts[key] for key in keys if key in self.counts}

    def learn(
        self,
        text: str,
        entities: list[Entity],
        relations: Collection[Relation] = (),
        proposed: Collection[Entity] = (),
    ) -> None:
        """Take in what a finished layer teaches."""
        reading = read(text)
        lesson = dictionary.learn(reading, entities, list(relations), proposed, self.look_up)
        for key, outcomes in lesson.items():
            self.counts[key].update(outcomes)

    def propose(self, text: str) -> list[tuple[str, ...]]:
        """Return what is proposed, in words."""
        made = dictionary.proposals(read(text), SCHEME, self.look_up, {"suggester": "dictionary"})
        entities = {item.id: item for item in made if isinstance(item, Entity)}
        words = {key: text[item.start : item.end] for key, item in entities.items()}
        return [
            (words[item.id], item.label)
            if isinstance(item, Entity)
            else (words[item.head], item.label, words[item.tail])
            for item in made
        ]


def read(text: str) -> Reading:
    """Return a text with its English tokens."""
    [tokens] = nlp.tokenize([text], "en")
    return Reading(text, tokens)


def entity(text: str, words: str, label: str, number: int = 0) -> Entity:
    """Return the entity on an occurrence of these words."""
    start = -1
    for _ in range(number + 1):
        start = text.index(words, start + 1)
    return Entity(f"{words}{number}", start, start + len(words), label)


def test_words_labeled_once_are_proposed_again() -> None:
    """One finished document is enough to propose the same words in the next one."""
    memory = Memory()
    text = "Ada Byron lives in Varn."
    memory.learn(text, [entity(text, "Ada Byron", "PERSON"), entity(text, "Varn", "GPE")])
    assert memory.propose("In Varn, Ada Byron slept.") == [
        ("Varn", "GPE"),
        ("Ada Byron", "PERSON"),
    ]


def test_words_left_unlabeled_count_against() -> None:
    """Words labeled once and passed over three times are not proposed any more."""
    memory = Memory()
    text = "May spoke. In May they met. In May it rained. May came."
    memory.learn(text, [entity(text, "May", "PERSON")])
    assert memory.counts[Key(ENTITY, "May")] == {"PERSON": 1, "": 3}
    assert memory.propose("May left.") == []


def test_a_proposal_that_nobody_took_is_remembered() -> None:
    """What was proposed and not labeled is known as nothing, though nobody ever labeled it."""
    memory = Memory()
    text = "Reading is fun."
    memory.learn(text, [], proposed=[entity(text, "Reading", "GPE")])
    assert memory.counts[Key(ENTITY, "Reading")] == {"": 1}


def test_words_inside_an_entity_are_not_passed_over() -> None:
    """A name within a longer one says nothing against the short one."""
    memory = Memory()
    memory.learn("Varn slept.", [entity("Varn slept.", "Varn", "GPE")])
    text = "Varn Gazette wrote."
    memory.learn(text, [entity(text, "Varn Gazette", "PERSON")])
    assert memory.counts[Key(ENTITY, "Varn")] == {"GPE": 1}


def test_the_reason_names_counts_and_contradictions() -> None:
    """A proposal says how often its words were labeled so, and what else they were labeled."""
    memory = Memory()
    for label in ("GPE",) * 12 + ("PERSON",):
        memory.learn("Varn slept.", [entity("Varn slept.", "Varn", label)])
    [made] = dictionary.proposals(read("Varn woke."), SCHEME, memory.look_up, {})
    assert made.origin is not None
    assert made.origin["reason"] == "labeled GPE 12 of 13 times; PERSON 1 times"
    assert made.origin["score"] == round(12.3 / 13.6, 4)


def test_a_relation_is_learned_by_the_words_between() -> None:
    """Other names with the same words between are proposed as related, in the same direction."""
    memory = Memory()
    text = "Ada is mayor of Varn. Bob was born in Lund."
    names = [
        entity(text, "Ada", "PERSON"),
        entity(text, "Varn", "GPE"),
        entity(text, "Bob", "PERSON"),
        entity(text, "Lund", "GPE"),
    ]
    memory.learn(text, names, [Relation("r", "Ada0", "Varn0", "LEADER_OF")])
    new = "Cyd is mayor of Oslo."
    entities = [entity(new, "Cyd", "PERSON"), entity(new, "Oslo", "GPE")]
    made = dictionary.relation_proposals(read(new), entities, SCHEME, memory.look_up, {})
    assert [(item.head, item.label, item.tail) for item in made] == [("Cyd0", "LEADER_OF", "Oslo0")]


def test_a_relation_is_learned_in_its_direction() -> None:
    """Where the later entity is the head, it is the head in the proposal."""
    memory = Memory()
    text = "Varn's mayor Ada spoke."
    names = [entity(text, "Varn", "GPE"), entity(text, "Ada", "PERSON")]
    memory.learn(text, names, [Relation("r", "Ada0", "Varn0", "LEADER_OF")])
    assert ("Ada", "LEADER_OF", "Varn") in memory.propose(text)


def test_labels_that_are_gone_are_not_proposed() -> None:
    """A label that the scheme no longer has is never proposed."""
    memory = Memory()
    memory.learn("Varn slept.", [entity("Varn slept.", "Varn", "TOWN")])
    assert memory.propose("Varn woke.") == []


@given(st.text("ab \n.", max_size=30))
def test_every_run_lies_on_tokens_of_one_line(text: str) -> None:
    """The runs that are looked up have the words that stand there, and cross no line."""
    reading = read(text)
    for key, first, last in reading.runs():
        piece = text[reading.tokens.starts[first] : reading.tokens.ends[last - 1]]
        assert key.words == " ".join(piece.split())
        assert "\n" not in piece
        assert piece == piece.strip()
