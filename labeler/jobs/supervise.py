"""Starts worker processes, and starts them again when they die; they end with this one."""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from labeler.jobs.queue import Lane

NICE = 10
"""How much workers give way to those who serve pages."""
_SOON, _LATE = 0.2, 30.0
"""Seconds before a worker that died is started again: more where it dies at once each time."""
_HEALTHY = 10.0
"""Seconds after which a worker did not die at once."""
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(64 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}
"""For the allocator of glibc: what spaCy frees after a batch of texts is kept for the next, since
asking the system for it anew took a seventh of a worker's time."""
_GRACE = 8.0
"""Seconds that workers are given to end what they are at."""


@contextmanager
def workers(count: int, nice: int = 0) -> Iterator[None]:
    """Keep this many worker processes running during a block.

    One more does what cannot be cut into parts, such as trainings: nothing else waits for those.
    """
    stopping = threading.Event()
    kept = [_Kept(stopping, nice, "short") for _ in range(count)]
    if count:
        kept.append(_Kept(stopping, min(nice + 5, 19), "long"))
    for each in kept:
        each.start()
    try:
        yield
    finally:
        stopping.set()
        for each in kept:
            each.end()


class _Kept(threading.Thread):
    """Keeps one worker process running.

    Each process is started under the same name: the next one takes up at once what the last held.
    """

    def __init__(self, stopping: threading.Event, nice: int, lane: Lane) -> None:
        super().__init__(daemon=True)
        self._stopping, self._nice, self._lane = stopping, nice, lane
        self._name = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start the process again whenever it ends."""
        pause = _SOON
        while not self._stopping.is_set():
            begun = time.monotonic()
            self._process = self._spawn()
            self._process.wait()
            pause = _SOON if time.monotonic() - begun > _HEALTHY else min(pause * 2, _LATE)
            self._stopping.wait(pause)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "labeler", "worker-process", self._name]
        return subprocess.Popen(  # noqa: S603 - this program itself
            [*command, "--nice", str(self._nice), "--lane", self._lane],
            stdin=subprocess.PIPE,
            # Several threads of one worker would take the processor from those who label.
            env={**_MEMORY, **os.environ, "OMP_NUM_THREADS": "1"},
        )

    def end(self) -> None:
        """Close the worker's standard input, which ends it, and wait a moment for that."""
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
