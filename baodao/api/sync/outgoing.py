"""One POST: short, to a judged address, no redirect followed, nothing of the answer kept but its status."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult

from .address import Shut, parts_of, resolve

#: Seconds for each step, and for all together: an answer that comes drop by drop holds up the others no longer.
STEP, WHOLE = 5.0, 10.0


class Failed(Exception):
    """It did not get through; `code` says why: unreachable, shut, no_answer, status_<n>."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Plain(http.client.HTTPConnection):
    """Connects to the judged address; the name only stands in the Host header."""

    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), STEP)


class _Secure(http.client.HTTPSConnection):
    """The same with TLS: the certificate must be the name's."""

    address = ""
    trust: ssl.SSLContext

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), STEP)
        try:
            self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send once. Returns when the other side said 2xx, else raises Failed."""
    try:
        parts = parts_of(url)
        address = resolve(parts)
    except Shut as shut:
        raise Failed("unreachable" if shut.gone else "shut") from None
    connection = _connection(parts, address)
    try:
        try:
            connection.connect()
        except (OSError, ssl.SSLError):
            raise Failed("unreachable") from None
        status = _status(connection, parts, body, headers)
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise Failed(f"status_{status}")


def _connection(parts: SplitResult, address: str) -> _Plain | _Secure:
    assert parts.hostname
    if parts.scheme == "http":
        plain = _Plain(parts.hostname, parts.port, timeout=STEP)
        plain.address = address
        return plain
    secure = _Secure(parts.hostname, parts.port, timeout=STEP)
    secure.address, secure.trust = address, ssl.create_default_context()
    return secure


def _status(connection: _Plain | _Secure, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
    held = connection.sock

    def cut() -> None:
        with contextlib.suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(WHOLE, cut)
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        raise Failed("no_answer") from None
    finally:
        watch.cancel()
