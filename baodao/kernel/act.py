"""Act: who did what, when, under which command. Every service takes one."""

import hashlib
import secrets
from datetime import datetime
from typing import Literal

import msgspec

Origin = Literal["live", "import", "paper", "simulated"]
Precision = Literal["second", "day"]
ReachName = Literal["self", "own", "below", "area", "legs", "named"]

ORIGINS: tuple[Origin, ...] = ("live", "import", "paper", "simulated")


class Grant(msgspec.Struct, frozen=True):
    """One right of one post: `right` ("request.answer", "matter.read", "matter.*"), how far it reaches, from
    which organization, and the highest level (0–3) that it opens. For the reach `named` by an opening, `org` is the ref of the one
    subject that is opened."""

    right: str
    reach: ReachName
    org: str
    level: int
    post: str


class Act(msgspec.Struct, frozen=True):
    """The one doing. `person` is a uid of people's vault ("" for the system and for somebody without
    account), `post` the dated appointment acted in ("" for none). `happened` and `noted` are aware UTC
    datetimes in whole seconds. `command` is the idempotency key (1–200 characters). `deputy` is the own
    post of whoever acts for `post` ("": its holder herself)."""

    kind: Literal["person", "system", "anonymous"]
    happened: datetime
    noted: datetime
    command: str
    origin: Origin = "live"
    person: str = ""
    post: str = ""
    purpose: str = ""
    precision: Precision = "second"
    batch: str = ""
    lang: str = "zh-hans"
    grants: tuple[Grant, ...] = ()
    deputy: str = ""

    @property
    def office(self) -> str:
        """The organization of the post acted in; "" without a post."""
        return next((grant.org for grant in self.grants if grant.post == self.post), "") if self.post else ""


class Subject(msgspec.Struct, frozen=True):
    """What a rule is asked about. `org` holds it, `legs` are (organization, post or "") called to it,
    `persons` are the uids or tokens of those to whom it belongs (reporter, followers), `named` the posts or uids that
    the subject names; `place` is the grid that it lies in ("" for none: the ground of `org`)."""

    ref: str
    org: str = ""
    level: int = 0
    persons: tuple[str, ...] = ()
    legs: tuple[tuple[str, str], ...] = ()
    named: tuple[str, ...] = ()
    place: str = ""


def new_key(prefix: str = "c") -> str:
    """A fresh idempotency key; pages put one into each form so that a double click is one command."""
    return f"{prefix}-{secrets.token_urlsafe(12)}"


def batch_of(by: Act, name: str, *what: str) -> str:
    """The name of a load's batch. The command is in it: the same sheet taken back and sent again within a second is another batch, not
    the old one replayed."""
    digest = hashlib.sha256(" ".join([*what, by.command]).encode()).hexdigest()
    return f"{name}-{by.noted:%Y%m%d%H%M%S}-{digest[:8]}"


def system_act(now: datetime, command: str, origin: Origin = "live") -> Act:
    """The system's own act (timer, readers): no person, no post, no grants; the policy lets it do only what a
    rule gives to `system`."""
    return Act(kind="system", happened=now, noted=now, command=command, origin=origin)
