"""A real server in a process of its own, and clients that never give up."""

import os
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx


def free_port() -> int:
    """Return a port that nobody listens on now, nor is given to anybody who asks for any port."""
    while True:
        port = random.SystemRandom().randint(20_001, 32_000)  # below those that systems give out
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


ALONE = ("serve", "--workers", "0")
"""The command of a server for tests that give it no background work: half as much to start."""


@dataclass
class Server:
    """`labeler serve` on an instance folder; it can be killed and started again."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    command: tuple[str, ...] = ("serve",)
    python: str = sys.executable
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """Start the server and wait until it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, "-m", "labeler", *self.command, "--port", str(self.port)],
                cwd=self.folder,
                env={
                    **os.environ,
                    "LABELER_INSTANCE": str(self.folder / "instance"),
                    **self.env,
                },
                stdout=log,
                stderr=log,
            )
        self.wait()
        return self

    def wait(self, seconds: float = 120) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "server.log").read_text()
            try:
                httpx.get(f"{self.url}/sign-in", timeout=5)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(f"{self.url} did not answer.")

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


class Client:
    """A program that talks to the API with a token, and tries again when nobody answers."""

    def __init__(self, server: Server, token: str) -> None:
        self.http = httpx.Client(
            base_url=f"{server.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def send(self, method: str, path: str, body: Any = None, tries: int = 400) -> httpx.Response:
        """Return the answer, however often the server had to be asked."""
        for _ in range(tries):
            try:
                return self.http.request(method, path, json=body)
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError(path)

    def close(self) -> None:
        """Let go of the connection."""
        self.http.close()
