"""The documentation: what it lists is what there is, and it builds as pages."""

import re
import subprocess
import sys
from pathlib import Path

from docs import make_reference

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def test_the_reference_is_what_the_program_has() -> None:
    """Commands, options, settings, keys, formats and error codes stand there as they are."""
    written = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert written == make_reference.page(), "Run python docs/make_reference.py"


def test_every_setting_is_told() -> None:
    """Each variable that the program names has a line in the reference, and no other has one."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "labeler").rglob("*.py"))
    named = {name for source in sources for name in re.findall(r"LABELER_[A-Z_]+[A-Z]", source)}
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(LABELER_\w+)`", page, re.MULTILINE)) == named


def test_the_pages_build_and_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Sphinx builds them with warnings as errors; scripts, styles, pictures and fonts are local."""
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*build, "-d", tmp_path / "tree", DOCS, tmp_path / "pages"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "pages").rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img)[^>]* src=\"(.*?)\"", html)
        loaded += re.findall(r"<link[^>]* rel=\"stylesheet\"[^>]* href=\"(.*?)\"", html)
        assert [url for url in loaded if "//" in url] == []
    for style in (tmp_path / "pages").rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//", style.read_text(encoding="utf-8"))
