"""What commands and workers load of the program."""

import json
import shutil
import subprocess
import sys
from pathlib import Path


def _printed(program: str, folder: Path) -> list[str]:
    """Return the list that a program of its own prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, check=True, capture_output=True, text=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_command_waits_for_no_page(tmp_path: Path) -> None:
    """Opening an instance reads neither pages nor spaCy nor numpy."""
    loaded = _printed(
        "import json, sys\n"
        "from labeler.config import Settings\n"
        "from labeler.instance import open_instance\n"
        "open_instance(Settings.from_env())\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules}\n"
        "                        | {name for name in sys.modules if name == 'labeler.web'})))",
        tmp_path,
    )
    assert "labeler" in loaded
    assert not {"labeler.web", "spacy", "numpy", "wtforms"} & set(loaded)


def test_an_instance_that_is_up_to_date_is_not_migrated(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """Opening it does not even read what migrates: Alembic takes longer than most commands."""
    (tmp_path / "instance").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "instance" / "labeler.sqlite")
    loaded = _printed(
        "import json, sys\n"
        "from labeler.config import Settings\n"
        "from labeler.instance import open_instance\n"
        "open_instance(Settings.from_env())\n"
        "print(json.dumps(sorted(sys.modules)))",
        tmp_path,
    )
    assert "labeler.models" in loaded
    assert "alembic" not in loaded


def test_a_worker_knows_every_kind_of_job(tmp_path: Path) -> None:
    """A job that a page can ask for is one that a worker process can do."""
    kinds = "from labeler.jobs import work\nprint(json.dumps(sorted(work._kinds)))"
    worker = _printed(
        f"import json\nfrom labeler.cli.jobs import know_jobs\nknow_jobs()\n{kinds}", tmp_path
    )
    site = _printed(f"import json\nimport labeler.app\n{kinds}", tmp_path)
    assert worker == site != []
