"""Text that runs both ways, signs of many code points: what is dragged over is what is labeled."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser
Open = Callable[..., Screen]

HEBREW = (
    "ראש הממשלה יצחק כהן נפגש עם John Smith-O'Neil מחברת Apple Inc. "
    "בתל אביב ביום 12/03/2024, והודיע (שוב) על הסכם."
)
ARABIC = "اِلْتَقَى الرَّئِيسُ مُحَمَّدٌ بِـ 25 وزيرًا في القاهرة يوم ١٢ مارس 2024، وشركة Siemens AG وقّعت العقد."
LATIN = "Ines met יצחק כהן and محمد in Varn."
RUNS = [
    (HEBREW, ("יצחק כהן", "John Smith-O'Neil", "12/03/2024", "שוב")),
    (ARABIC, ("مُحَمَّدٌ", "25", "القاهرة", "2024", "Siemens AG")),
    (LATIN, ("Ines", "יצחק כהן", "محمد", "Varn")),
]


@pytest.mark.parametrize(("text", "names"), RUNS, ids=["hebrew", "arabic", "latin"])
def test_words_within_text_of_the_other_direction_are_dragged_over(
    screen: Open, text: str, names: tuple[str, ...]
) -> None:
    """From the first pixel of a name to its last, whatever runs which way around it."""
    page = screen(text)
    for name in names:
        page.drag(name, inset=1)
        page.press("1")
        page.says(f"“{name}”")
    assert {words for words, _ in page.entities()} == set(names)


SIGNS = (
    "The 👨‍👩‍👧‍👦 family met 👩🏽‍🚀 Ada 🇰🇭🇲🇲 in 🏴󠁧󠁢󠁳󠁣󠁴󠁿 on 1️⃣ May. "
    "Z̷̢͎͙̺͋͗̈́a̸͙͛͊l̵̰̈́g̶̠̊ǫ̸͌ came. 𝒜𝓁𝒾𝒸ℯ and 𠮷野家 too.\u2028Then ភ្នំពេញ and தமிழ்நாடு."
)
"""Families, flags, stacked marks, letters beyond the first plane, clusters of Khmer and Tamil."""


def test_signs_of_many_code_points_are_taken_whole(screen: Open) -> None:
    """By mouse and by key a sign is in an entity or not, never a part of it."""
    page = screen(SIGNS)
    names = ("👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Z̷̢͎͙̺͋͗̈́a̸͙͛͊l̵̰̈́g̶̠̊ǫ̸͌", "𠮷野家", "ភ្នំពេញ", "தமிழ்நாடு")
    for name in names:
        page.drag(name, inset=1)
        page.press("1")
        page.says(f"“{name}”")
    assert [words for words, _ in page.entities()] == list(names)
    page.press("Escape", "Escape", "Escape")
    page.press("Control+ArrowLeft", "ArrowRight", "ArrowRight")
    page.press("2")
    found = page.entities()
    assert len(found) == len(names) + 1
    assert all(SIGNS.count(words) >= 1 for words, _ in found)
