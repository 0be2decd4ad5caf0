"""The first hours: the commands that stand in them are run, as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def test_a_trainers_first_hour_runs_to_its_end(tmp_path: Path) -> None:
    """Each command, in order and in one shell, does what the page promises."""
    page = (DOCS / "first-hour-trainer.md").read_text(encoding="utf-8")
    first, *commands = re.findall(r"^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert ".venv/bin" in first
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(commands)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LABELER_INSTANCE": str(tmp_path / "instance"),
        },
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Imported 10 new articles, 10 layers" in done.stdout
    assert "Every annotation is the same." in done.stdout
    assert "byte for byte" in done.stdout
    assert (tmp_path / "corpus/model/model-last").is_dir()
    assert (tmp_path / "project/project.yml").is_file()
