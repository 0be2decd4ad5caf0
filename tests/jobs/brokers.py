"""Brokers in processes of their own, which can be killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from labeler.jobs.broker import celery
from tests.serving import free_port

_PATIENCE = 180
"""Seconds that a broker may take to start where the machine has much else to do."""


class Redis:
    """A Redis that keeps nothing: killed, it has lost every message."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> tuple[list[str], dict[str, str]]:
        """Return what starts the server, and its environment."""
        server = shutil.which("redis-server")
        if server is None:
            pytest.skip("no Redis on this machine: install the package `redis-server`")
        return [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""], {}


class RabbitMQ:
    """A RabbitMQ that keeps its messages in a folder of its own; it needs Erlang's name server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / "rabbitmq", free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> tuple[list[str], dict[str, str]]:
        """Return what starts the server, and its environment."""
        server = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        if not server.is_file():
            pytest.skip("no RabbitMQ on this machine: install the package `rabbitmq-server`")
        self.folder.mkdir(exist_ok=True)
        own = {"MNESIA_BASE": "data", "LOG_BASE": "log", "ENABLED_PLUGINS_FILE": "plugins"}
        env = {f"RABBITMQ_{name}": str(self.folder / place) for name, place in own.items()}
        env |= {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"labeler{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            # What waits lets others have the processor.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        }
        # The name server would outlive the broker as a daemon: it is the broker's child here.
        return ["sh", "-c", f"epmd & exec {server}"], env


@dataclass
class Broker:
    """A broker as the tests start it and kill it."""

    kind: Redis | RabbitMQ
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the broker."""
        return self.kind.url

    def start(self) -> None:
        """Start the server and wait until it listens."""
        command, env = self.kind.command()
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + _PATIENCE
        while not _listens(self.kind.port):
            assert time.monotonic() < end, f"{command[0]} does not listen"
            assert self.process.poll() is None, f"{command[0]} ended"
            time.sleep(0.1)

    def double(self, job_id: int) -> None:
        """Send the number of a job once more."""
        patient = {"max_retries": _PATIENCE, "interval_max": 1}
        celery(self.url).send_task("labeler.job", args=[job_id], retry=True, retry_policy=patient)

    def kill(self) -> None:
        """End it and all that it started at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
