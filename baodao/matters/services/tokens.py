"""The token of the one acting, in the domain of matters. A token never changes, so a process remembers it."""

from __future__ import annotations

from collections.abc import Iterable

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx
from baodao.ledger.selectors import Recorded
from baodao.matters.declare import Procedure
from baodao.orgs.policies import forget_tokens
from baodao.people.selectors import once_tokens
from baodao.people.services.identity import queue_once, queue_token

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


def token_here(tx: Tx, by: Act, procedure: Procedure, told: Iterable[Recorded] = ()) -> str:
    """The token by which one acts in a matter of this procedure: that of matters, or the own one of this matter, whose facts are
    ``told``; made where one acts in it for the first time. At most one statement."""
    if not procedure.forgets or by.kind != "person" or not by.person:
        return token_of(tx, by)
    mine = once_tokens(by.person)
    return next((fact.person for fact in told if fact.person in mine), "") or once(tx, by.person)


def once(tx: Tx, person: str) -> str:
    """A new token of one matter; this process reads the person's tokens anew."""
    tx.after_commit(lambda: forget_tokens(person))
    return queue_once(tx, person)


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
