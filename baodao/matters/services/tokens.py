"""The token of the one acting, in the domain of matters. A token never changes, so a process remembers it."""

from __future__ import annotations

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx
from baodao.people.services.identity import queue_token

DOMAIN = "matters"
MOST = 50_000
_known: dict[str, str] = {}


def token_of(tx: Tx, by: Act) -> str:
    """ "" for the system and for somebody without account. At most one statement."""
    if by.kind != "person" or not by.person:
        return ""
    token = _known.get(by.person)
    if token is None:
        token = queue_token(tx, by.person, DOMAIN)
        # Only once it is written: a command that fails leaves no token.
        tx.after_commit(lambda: remember(by.person, token))
    return token


def remember(person: str, token: str) -> None:
    """Keep a token in memory."""
    if len(_known) >= MOST:
        _known.clear()
    _known[person] = token


def forget(person: str = "") -> None:
    """After an erasure; without a name, all (tests that swap the database)."""
    if person:
        _known.pop(person, None)
    else:
        _known.clear()
