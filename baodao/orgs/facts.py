"""The facts of organizations, posts and duty lists. Names lie in content (slots ``name``, ``name_en``, ``title``,
``note``)."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("org.created", v=1)
class Created(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``; ``parent`` is empty for a root."""

    tree: Code
    level: Code
    kind: Code
    parent: Code
    since: Date


@kind("org.moved", v=1)
class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``: from ``since`` it lies under ``parent``, no longer under ``before``."""

    before: Code
    parent: Code
    since: Date


@kind("org.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``: ``until`` is the first day without it; ``successor`` takes over, if any."""

    until: Date
    successor: Code


@kind("org.split", v=1)
class Split(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``: from ``since`` the new organization ``part`` has some of what was its own."""

    part: Code
    since: Date


@kind("org.divided", v=1)
class Divided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``: the open work on the ground of its ``part`` has gone over to that one; ``items`` with the last
    command."""

    part: Code
    items: int


@kind("post.began", v=1)
class Began(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``post:<code>``; the holder is the fact's person (token of the domain ``service``)."""

    kind: Code
    since: Date


@kind("post.ended", v=1)
class PostEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``post:<code>``: ``until`` is the first day without the holder."""

    until: Date


@kind("pack.bound", v=1)
class Bound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``: from ``since`` this pack rules it and what has no nearer binding."""

    pack: Code
    since: Date


@kind("duty.adopted", v=1)
class DutyAdopted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``duty:<org>``: from ``since`` this list holds. Counts by class; ``digest`` is the SHA-256 of
    the items (titles are catalogue data and stay in the table)."""

    since: Date
    basic: int
    cooperating: int
    taken_back: int
    digest: Code


@kind("duty.change_proposed", v=1)
class DutyChangeProposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``duty:<org>/<item>``, about the change's code. ``wanted`` is a class or empty; ``disputes``
    were ruled on the item before."""

    reason: Code
    wanted: Code
    disputes: int


@kind("duty.change_settled", v=1)
class DutyChangeSettled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``duty:<org>/<item>``, about the change's code: ``accepted`` or ``declined``."""

    outcome: Code


@kind("duty.disputed", v=1)
class DutyDisputed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``duty:<org>/<item>``: a dispute over the item was ruled, ``upheld`` or ``overruled``."""

    outcome: Code
