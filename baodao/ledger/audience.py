"""Who hears of a fact: apps declare it by kind here, notify delivers. Neither imports the other.

An audience function gets the recorded fact and names people and posts, never addresses; what a message says
is a template's code with codes and dates as parameters, so that no text of a request can travel.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from .selectors import Recorded

Channel = Literal["inbox", "sms", "email"]
CHANNELS: tuple[Channel, ...] = ("inbox", "sms", "email")

_CODE = re.compile(r"^[\w.\-:/+]{0,80}$", re.ASCII)
_LINK = re.compile(r"^/(?!/)[\w.\-:/+?=&%]{0,199}$", re.ASCII)
_NUMBER = re.compile(r"^[\w\-]{0,40}$", re.ASCII)


class Tell(msgspec.Struct, frozen=True):
    """One audience. Exactly one of `person` (uid in the vault), `post` (its holder) or `org` (its holders of
    today, with `right` only those whose post gives that right there).

    `template` names the words (see `register_template`), `params` fills them: codes and ISO dates only.
    `number` is what a person reads out, `link` a path of the product. `channels` says which ways make sense;
    preference and consent decide which are taken. `urgent` passes quiet hours and the daily limit.
    Raises ValueError where a text could slip through.
    """

    template: str
    person: str = ""
    post: str = ""
    org: str = ""
    right: str = ""
    number: str = ""
    link: str = ""
    params: dict[str, str] = {}
    channels: tuple[Channel, ...] = CHANNELS
    urgent: bool = False

    def __post_init__(self) -> None:
        if sum(map(bool, (self.person, self.post, self.org))) != 1:
            raise ValueError("an audience is one of person, post, org")
        if self.right and not self.org:
            raise ValueError("`right` narrows the holders of an `org`")
        if self.link and not _LINK.match(self.link):
            raise ValueError("`link` is a path of the product, like /m/FL-2026-000123/")
        if not _NUMBER.match(self.number):
            raise ValueError("`number` holds letters, digits and hyphens only")
        bad = [name for name, value in self.params.items() if not _CODE.match(value)]
        if bad:
            raise ValueError(f"params are codes and dates only: {', '.join(bad)}")


Find = Callable[[Recorded], Iterable[Tell]]
_audiences: dict[str, list[Find]] = {}
_templates: dict[str, Any] = {}


def register_audience(kind: str, find: Find) -> None:
    """Say who hears of facts of `kind`. Several functions add up; the same one again is harmless."""
    held = _audiences.setdefault(kind, [])
    if find not in held:
        held.append(find)


def audience_kinds() -> tuple[str, ...]:
    """All kinds that somebody wants to hear of."""
    return tuple(sorted(_audiences))


def audience_of(fact: Recorded) -> list[Tell]:
    """Everybody who is to hear of this fact, in the order of registration."""
    return [tell for find in _audiences.get(fact.kind, ()) for tell in find(fact)]


def register_template(code: str, words: Any) -> None:
    """The words of a message: a lazily translated text with {number} and names of params. `{org}` becomes the
    organization's name, `{day}` and `{moment}` (ISO) the day in words. No {link}: each channel adds it."""
    _templates[code] = words


def template_words(code: str) -> Any:
    """The words of a code; KeyError when no app registered it."""
    return _templates[code]


def template_codes() -> tuple[str, ...]:
    """All codes, for the test that renders each in each language."""
    return tuple(sorted(_templates))
