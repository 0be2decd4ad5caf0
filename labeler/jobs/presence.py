"""Which workers on this machine have ended: each holds a lock on a file for as long as it lives.

The system frees the lock however a process ends, also together with all that watched it. So what
a killed worker held is taken up at once. A lock says nothing across machines, nor where a drive
has no locks: there the lease decides.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has other locks: there the lease decides
    fcntl = None  # type: ignore[assignment]

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def enter(instance: Path, worker: str) -> None:
    """Let others on this machine see when this process, a worker of that name, has ended."""
    folder = _folder(instance)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _lock(os.open(folder / worker, os.O_CREAT | os.O_RDWR, 0o600))  # closed by our end


def gone(instance: Path) -> Iterator[str]:
    """Yield the names of workers of this machine that have ended, and forget each afterwards."""
    with suppress(OSError):
        for path in sorted(_folder(instance).iterdir()):
            with path.open("r+b") as file:
                if not _lock(file.fileno()):
                    continue
                yield path.name
                path.unlink(missing_ok=True)


def _folder(instance: Path) -> Path:
    """Return the folder for the workers of this machine since it was started.

    Several machines may share the instance folder, on a drive whose locks each of them keeps alone.
    """
    machine = _BOOT.read_text().strip() if _BOOT.is_file() else socket.gethostname()
    return instance / "workers" / machine


def _lock(file: int) -> bool:
    """Lock an open file until it is closed; tell whether nobody else held it."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
