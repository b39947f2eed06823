"""What every adapter keeps to."""

from typing import Protocol

import msgspec


class Letter(msgspec.Struct, frozen=True):
    """One message on its way: `key` is the notice's idempotency key, `to` the plain address, in memory
    only."""

    key: str
    channel: str
    to: str
    subject: str
    body: str

    def __repr__(self) -> str:
        # Never the address: a traceback or a log line may print this.
        return f"Letter({self.key}, {self.channel})"


class NotNow(Exception):
    """Nothing left the house; try again later."""


class Refused(Exception):
    """The other side says that this will never go (a wrong number, a blocked address)."""


class Unsure(Exception):
    """It may have gone out. Never repeated by itself."""


class Adapter(Protocol):
    """`send` returns once the letter is out, or raises one of the three. `was_sent` tells by the key what
    became of a letter whose sender died: True, False (may be sent again), None (cannot tell)."""

    def send(self, letter: Letter) -> None:
        """Deliver one letter."""

    def was_sent(self, key: str) -> bool | None:
        """What became of it."""
