"""Worker processes that know of what is counted, and can be killed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Workers:
    """Worker processes that can be killed, and started again under their names."""

    def __init__(self, folder: Path, *names: str, **env: str) -> None:
        self.folder, self.env = folder, env
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        for name in names:
            self.start(name)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.running:
            self.kill(name)

    def start(self, name: str) -> None:
        """Start a worker."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.counting", name],
                cwd=self.folder,  # where exports land
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "LABELER_INSTANCE": str(self.folder / "instance"),
                    **self.env,
                },
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """End a worker at once."""
        process = self.running[name]
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def renew(self, name: str) -> None:
        """Kill a worker and start it again, as those who watch it do."""
        self.kill(name)
        self.start(name)

    def told(self) -> str:
        """Return the ends of what they wrote."""
        return "\n".join(p.read_text()[-3000:] for p in sorted(self.folder.glob("w*.log")))
