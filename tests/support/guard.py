"""No test talks to the network: only loopback and Unix sockets open."""

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class NetworkRefused(Exception):
    """A test tried to reach another machine."""


def _check(address: Any, family: int) -> None:
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0])
    with_scope = host.split("%", 1)[0]
    try:
        local = ipaddress.ip_address(with_scope).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise NetworkRefused(f"Tests use no network, and this one wanted {host}")


def block() -> None:
    """From here on, for this process."""

    def connect(self: socket.socket, address: Any) -> Any:
        _check(address, self.family)
        return _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> Any:
        _check(address, self.family)
        return _connect_ex(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
