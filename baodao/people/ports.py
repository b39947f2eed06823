"""What upper apps bring in: posts and rights, words for a post, who can see a person, a way to send, more of
"my data".

people must not know organizations or matters; each port has a harmless default, so that people runs and is
tested alone.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

import msgspec

from baodao.kernel.act import Act, Grant
from baodao.kernel.pages import PostRef
from baodao.kernel.verbs import Tx


class Standing(msgspec.Struct, frozen=True):
    """What a person may act as now: all posts held, the chosen one (or the first), and its grants."""

    posts: tuple[PostRef, ...] = ()
    post: PostRef | None = None
    grants: tuple[Grant, ...] = ()


class PostWords(msgspec.Struct, frozen=True):
    """A post as an outsider may read it: office and post, never the holder's name."""

    office: str
    title: str


class Seer(msgspec.Struct, frozen=True):
    """One who can see a person's data: office, post (or ""), why in words, what they see in words."""

    office: str
    post: str
    why: str
    what: str


class Sender(Protocol):
    """Delivers a short text. `channel` is "sms" or "email", `to` the normalised address in plain: never
    store or log it."""

    def __call__(self, channel: str, to: str, text: str) -> None: ...


def _nothing_held(person: str, post: str) -> Standing:
    return Standing()


def _no_words(codes: frozenset[str]) -> Mapping[str, PostWords]:
    return {}


def _own_offices(by: Act, right: str) -> frozenset[str]:
    rights = {right, "people.*", "*"}
    return frozenset(g.org for g in by.grants if g.right in rights and g.reach in {"own", "below"})


class _Held:
    """What was plugged in."""

    standing: Callable[[str, str], Standing] = staticmethod(_nothing_held)
    words: Callable[[frozenset[str]], Mapping[str, PostWords]] = staticmethod(_no_words)
    reach: Callable[[Act, str], frozenset[str]] = staticmethod(_own_offices)
    office_names: Callable[[frozenset[str]], Mapping[str, str]] = staticmethod(
        lambda codes: {code: code for code in codes}
    )
    seers: ClassVar[dict[str, Callable[[str], Iterable[Seer]]]] = {}
    my_data: ClassVar[dict[str, Callable[[str], Any]]] = {}
    sender: Sender | None = None
    guards: ClassVar[dict[str, Callable[[Tx, str, str], None]]] = {}


def set_standing(find: Callable[[str, str], Standing]) -> None:
    """orgs: (person uid, code of the chosen post or "") → Standing. At most one statement."""
    _Held.standing = staticmethod(find)


def standing(person: str, post: str) -> Standing:
    """Posts and grants of a person now."""
    return _Held.standing(person, post)


def set_post_words(find: Callable[[frozenset[str]], Mapping[str, PostWords]]) -> None:
    """orgs: codes of posts → words, for posts of the past too."""
    _Held.words = staticmethod(find)


def post_words(codes: Iterable[str]) -> Mapping[str, PostWords]:
    """Words of posts; codes that nobody knows are left out."""
    wanted = frozenset(code for code in codes if code)
    return _Held.words(wanted) if wanted else {}


def set_office_names(find: Callable[[frozenset[str]], Mapping[str, str]]) -> None:
    """orgs: codes of organizations → names in the reader's language."""
    _Held.office_names = staticmethod(find)


def office_names(codes: Iterable[str]) -> Mapping[str, str]:
    """Names of offices; codes where nobody knows better."""
    return _Held.office_names(frozenset(code for code in codes if code))


def set_reach(find: Callable[[Act, str], frozenset[str]]) -> None:
    """orgs: codes of all organizations that an actor reaches with a right (own, own and below)."""
    _Held.reach = staticmethod(find)


def reach(by: Act, right: str) -> frozenset[str]:
    """Organizations reached; without orgs, those of the actor's own posts."""
    return _Held.reach(by, right)


def register_seers(name: str, find: Callable[[str], Iterable[Seer]]) -> None:
    """An app says who can see a person (uid) through its rows: part of the page "who can see me"."""
    _Held.seers[name] = find


def seers(person: str) -> list[Seer]:
    """All who can see this person, by office."""
    found = {seer for find in _Held.seers.values() for seer in find(person)}
    return sorted(found, key=lambda s: (s.office, s.post, s.why, s.what))


def register_my_data(name: str, find: Callable[[str], Any]) -> None:
    """An app gives its part of "my data" (builtins that JSON can hold) for a person's uid."""
    _Held.my_data[name] = find


def my_data(person: str) -> dict[str, Any]:
    """Every app's part, by name."""
    return {name: _Held.my_data[name](person) for name in sorted(_Held.my_data)}


def set_sender(sender: Sender | None) -> None:
    """notify plugs in SMS and e-mail; None = the default of `senders`."""
    _Held.sender = sender


def send(channel: str, to: str, text: str) -> None:
    """Deliver now through the adapter in force."""
    if _Held.sender is None:
        from .senders import outbox

        outbox(channel, to, text)
    else:
        _Held.sender(channel, to, text)


def has_sender() -> bool:
    """Whether an adapter is plugged in."""
    return _Held.sender is not None


def register_merge_guard(name: str, guard: Callable[[Tx, str, str], None]) -> None:
    """An app may refuse that a record (second uid) is led by another (first): what the second holds goes to the first,
    so the app asks the right that giving it would need."""
    _Held.guards[name] = guard


def guard_merge(tx: Tx, lead: str, other: str) -> None:
    """Ask every app. Raises what they raise."""
    for name in sorted(_Held.guards):
        _Held.guards[name](tx, lead, other)


class SealedRows(msgspec.Struct, frozen=True):
    """Another app's rows that are sealed by the vault. ``used()``: rows by key id; ``move(newest, most)``: puts up to ``most`` rows of
    older keys under the newest, inside the caller's transaction, and gives how many."""

    used: Callable[[], dict[str, int]]
    move: Callable[[str, int], int]


SEALED: dict[str, SealedRows] = {}


def register_sealed(name: str, rows: SealedRows) -> None:
    """So that a rotation takes them along, and no key is retired that they need."""
    SEALED[name] = rows
