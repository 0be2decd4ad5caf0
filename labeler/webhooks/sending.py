"""One delivery over HTTP, with care: where it may lead, how long it may take, what it proves.

The form is that of Standard Webhooks (https://www.standardwebhooks.com), so that receivers find
libraries that verify it. Redirects are not followed. Addresses of the network that this machine is
in are refused unless a setting allows them: who may name an address must not reach what only this
machine can. The name is looked up once, and the connection made to just what was looked up.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from flask import current_app

from labeler import __version__, client
from labeler.config import Settings

TIME_LIMIT = 10.0
"""Seconds that a delivery may take."""
_SECONDS = 5.0
"""Seconds that a receiver may stay silent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery went: what was answered, or why nothing was."""

    status: int | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver took it: with a status from 200 to 299."""
        return self.status is not None and 200 <= self.status < 300


def check_address(url: str) -> str | None:
    """Return why nothing can be sent to this address, as far as it tells itself, or None."""
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return "Use an address that begins with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "Leave name and password out of the address: the signature proves who sends."
    if any(character.isspace() or not character.isprintable() for character in url):
        return "Leave spaces out of the address."
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return _refused(parts.hostname) if parts.hostname.rstrip(".") == "localhost" else None
    return _refused(str(literal)) if not _may_lead_to(literal) else None


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def send(url: str, secret: str, key: str, body: bytes) -> Outcome:
    """Send a body to an address once; what goes wrong is told, never raised."""
    if problem := check_address(url):
        return Outcome(error=problem)
    parts = urlsplit(url)
    try:
        place = _looked_up(parts)
        if isinstance(place, str):
            return Outcome(error=place)
        return _post(parts, place, headers_of(secret, key, body), body)
    except TimeoutError:
        return Outcome(error=f"No answer within {_SECONDS:.0f} seconds.")
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return Outcome(error=f"Not reached: {str(error) or type(error).__name__}.")


def headers_of(secret: str, key: str, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery that is sent now: its id, the time, and the signature."""
    moment = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"labeler/{__version__}",
        "Webhook-Id": key,
        "Webhook-Timestamp": moment,
        "Webhook-Signature": client.signature(secret, key, moment, body),
    }


def _looked_up(parts: SplitResult) -> tuple[str, int] | str:
    """Return the number and port to connect to, or why that may not be."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    numbers = [str(place[4][0]).partition("%")[0] for place in found]
    if not all(_may_lead_to(ipaddress.ip_address(number)) for number in numbers):
        return _refused(parts.hostname or "")
    return numbers[0], port


def _may_lead_to(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    settings: Settings = current_app.config["LABELER"]
    inner = getattr(number, "ipv4_mapped", None) or number
    return settings.private_webhooks or (inner.is_global and not inner.is_multicast)


def _refused(host: str) -> str:
    return (
        f"{host} is in a private network, where this site may not send to. "
        "Whoever runs it can allow that with LABELER_PRIVATE_WEBHOOKS=1."
    )


def _post(
    parts: SplitResult, place: tuple[str, int], headers: dict[str, str], body: bytes
) -> Outcome:
    connection = _connection(parts, place)
    # A receiver that answers a byte at a time would keep within every single time limit.
    limit = threading.Timer(TIME_LIMIT, _cut, [connection])
    limit.start()
    try:
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, headers)
        return _outcome(connection.getresponse().status)
    finally:
        limit.cancel()
        connection.close()


def _outcome(status: int) -> Outcome:
    if 300 <= status < 400:
        return Outcome(status, "Redirects are not followed: enter the address that it leads to.")
    return Outcome(status, None if 200 <= status < 300 else f"The receiver answered {status}.")


def _connection(parts: SplitResult, place: tuple[str, int]) -> http.client.HTTPConnection:
    """Return a connection to a place that presents itself under the name in the address."""
    host, port = parts.hostname or "", parts.port
    sock = socket.create_connection(place, timeout=_SECONDS)
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=_SECONDS)
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    connection.sock = sock
    return connection


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        connection.sock.shutdown(socket.SHUT_RDWR)
