"""The charts: what is drawn stands where its number says."""

from hypothesis import given
from hypothesis import strategies as st

from labeler.web.charts import HEIGHT, WIDTH, columns


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 10**9)), max_size=60))
def test_columns_stay_inside_and_in_proportion(values: list[tuple[str, int]]) -> None:
    """Every column lies within the chart, and is as high as its share of the scale."""
    chart = columns("name", "summary", values)
    assert [(column.words, column.value) for column in chart.columns] == values
    top = max((tick.value for tick in chart.ticks), default=1)
    room = chart.base - min(tick.y for tick in chart.ticks)
    for column in chart.columns:
        assert 0 <= column.x <= column.x + column.width <= WIDTH
        assert 0 <= column.y <= column.y + column.height <= HEIGHT
        assert abs(column.height - room * column.value / top) < 1
    assert 1 <= len(chart.ticks) <= 4
    assert all(tick.value == int(tick.value) for tick in chart.ticks)
