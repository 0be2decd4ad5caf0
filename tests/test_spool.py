"""Lists of whatever length in little memory."""

import tracemalloc
from io import BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.errors import Problem
from labeler.spool import Pairs, Spool, from_pieces, json_pieces

MANY = 2_500


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, MANY])
def test_a_spool_gives_back_what_it_was_given(count: int) -> None:
    """In order, again and again, also while more comes and while it is read twice at once."""
    problems = [Problem("No label.", file="a.jsonl", line=number) for number in range(count)]
    spool = Spool(problems)
    assert (len(spool), bool(spool), list(spool)) == (count, count > 0, problems)
    assert list(zip(spool, spool, strict=True)) == list(zip(problems, problems, strict=True))
    spool.append(Problem("One more."))
    assert list(spool) == [*problems, Problem("One more.")]
    assert spool == [*problems, Problem("One more.")]
    assert spool != Spool(problems)


def test_memory_stays_flat() -> None:
    """A hundred thousand things take no more than a few batches of them."""
    tracemalloc.start()
    spool = Spool[dict[str, Any]]()
    for number in range(100_000):
        spool.append({"document": f"a{number}", "message": "It overlaps a longer one.", "id": "e1"})
    assert sum(1 for _ in spool) == 100_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


VALUES = st.dictionaries(st.text(), st.one_of(st.integers(0, 9), st.text(), st.lists(st.text())))


@given(items=st.lists(VALUES, max_size=3), counts=VALUES, warnings=st.lists(st.text()))
def test_what_is_written_piece_by_piece_is_json(
    items: list[dict[str, Any]], counts: dict[str, Any], warnings: list[str]
) -> None:
    """As it would be written at once, and it can be read piece by piece as well."""
    plain = {"counts": counts, "problems": items, "warnings": warnings}
    written = b"".join(json_pieces({**plain, "problems": Spool(items)}))
    assert written == orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    found: list[Any] = []
    rest = from_pieces(BytesIO(written), "problems", found.append)
    assert (found, rest) == (items, {**plain, "problems": []})


def test_pairs_are_written_as_an_object() -> None:
    """In their order, as many as there are; none is an empty one."""
    many = {f"a{number}": [{"b": number, "a": 0}] for number in reversed(range(MANY))}
    written = b"".join(json_pieces({"none": Pairs(), "many": Pairs(many.items())}))
    assert orjson.loads(written) == {"none": {}, "many": many}
    assert list(orjson.loads(written)["many"]) == list(many)


def test_many_things_are_read_one_by_one() -> None:
    """From a file with more of them than a spool holds in memory."""
    written = b"".join(json_pieces({"problems": Spool({"n": n} for n in range(MANY))}))
    found: list[Any] = []
    from_pieces(BytesIO(written), "problems", found.append)
    from_pieces(BytesIO(b'{"problems": [{"n": 2500}]}'), "problems", found.append)
    assert found == [{"n": number} for number in range(MANY + 1)]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"problems": ['])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    """With a ValueError."""
    with pytest.raises(ValueError, match=r"no object|JSON|unexpected|document"):
        from_pieces(BytesIO(content), "problems", lambda _: None)
