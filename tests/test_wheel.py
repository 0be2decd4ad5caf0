"""What is installed from a wheel is whole: pages, styles, tables and samples come with it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.serving import Server

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_what_stands_beside_the_package(wheel: Path) -> None:
    """Templates, static files, migrations and seeds are in the wheel; tests are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for expected in (
        "labeler/templates/annotate.html",
        "labeler/static/js/main.js",
        "labeler/static/css/tokens.css",
        "labeler/migrations/env.py",
        "labeler/seeds/schemes/news.yaml",
    ):
        assert expected in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_an_installed_wheel_serves_its_pages(wheel: Path, tmp_path: Path) -> None:
    """Installed in an environment of its own, labeler serves a page and its style."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    site = next((environment / "lib").glob("python*/site-packages"))
    install = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(install, check=True)
    # The libraries are those of this environment: what is tested is the wheel, not the network.
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "libraries.pth").write_text(libraries + "\n", encoding="utf-8")

    server = Server(tmp_path, {"PYTHONPATH": "", "PYTHONSAFEPATH": "1"}, python=str(python))
    with server:
        page = httpx.get(f"{server.url}/sign-in")
        style = httpx.get(f"{server.url}/static/css/tokens.css")
        where = subprocess.run(
            [python, "-c", "import labeler; print(labeler.__file__)"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
        ).stdout

    assert str(site) in where
    assert page.status_code == 200
    assert "<form" in page.text
    assert style.headers["content-type"].startswith("text/css")
