"""Tables of matters. All but `ProcedureVersion` is a projection of the facts: dropped and rebuilt to the same
bytes by `baodao rebuild`. No workflow here; invariants are constraints.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ProcedureVersion(models.Model):
    """The canonical bytes of a procedure under which matters were opened. Truth: a matter keeps its
    version."""

    digest = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=30)
    body = models.BinaryField()


class Matter(models.Model):
    """One matter as its facts stand. ``number`` is what people read out. ``org`` looks after it, ``reporter``
    is a token, ``next_at`` when the timer must look again (null: nothing happens by itself)."""

    number = models.CharField(max_length=24, primary_key=True)
    procedure = models.CharField(max_length=30)
    digest = models.CharField(max_length=64)
    pack = models.CharField(max_length=32)
    stage = models.CharField(max_length=30)
    round = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30, blank=True, default="")
    org = models.CharField(max_length=32)
    place = models.CharField(max_length=40, blank=True, default="")
    reporter = models.CharField(max_length=32, blank=True, default="")
    caller = models.CharField(max_length=32, blank=True, default="")
    caller_post = models.CharField(max_length=48, blank=True, default="", db_default="")
    """The post that opened it, up to level 2: whoever called takes part."""
    origin = models.CharField(max_length=9)
    behalf = models.BooleanField(default=False)
    claim = models.CharField(max_length=30, blank=True, default="")
    answer = models.CharField(max_length=30, blank=True, default="")
    outcome = models.CharField(max_length=30, blank=True, default="")
    promise = models.CharField(max_length=20, blank=True, default="")
    about = models.CharField(max_length=24, blank=True, default="")
    """The matter whose effect opened this one."""
    into = models.CharField(max_length=24, blank=True, default="")
    """The matter within which this one goes on (merged)."""
    shown = models.CharField(max_length=80, blank=True, default="")
    """The title that staff released for the portal; "": not shown to others."""
    opened = models.DateTimeField()
    moved = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at", "number"], name="matter_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["reporter", "-opened"], name="matter_reporter", condition=~Q(reporter="")),
            models.Index(fields=["org", "-opened", "number"], name="matter_org"),
            models.Index(fields=["about"], name="matter_about", condition=~Q(about="")),
            models.Index(
                fields=["caller_post"], name="matter_caller_post", condition=Q(level=2) & ~Q(caller_post="")
            ),
            models.Index(fields=["into", "number"], name="matter_into", condition=~Q(into="")),
            models.Index(fields=["-opened", "number"], name="matter_shown", condition=~Q(shown="")),
            models.Index(fields=["place", "org"], name="matter_place", condition=Q(ended__isnull=True)),
            models.Index(
                fields=["promise", "number", "org"],
                name="matter_promise",
                condition=Q(ended__isnull=True, promise__gt=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=3), name="matter_level"),
            models.CheckConstraint(condition=Q(round__gte=1), name="matter_round"),
            models.CheckConstraint(
                condition=Q(ended__isnull=True) | Q(ended__gte=F("opened")), name="matter_ends_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Leg(models.Model):
    """One call to one addressee. ``seat`` is who reaches it by the right "legs": the post that has it at
    level 2 and above, "" (any such post of the organization) below that."""

    matter = models.CharField(max_length=24)
    n = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=4)
    org = models.CharField(max_length=32)
    post = models.CharField(max_length=48, blank=True, default="")
    holder = models.CharField(max_length=48, blank=True, default="")
    seat = models.CharField(max_length=48, blank=True, default="")
    state = models.CharField(max_length=30)
    cause = models.CharField(max_length=30, blank=True, default="")
    claim = models.CharField(max_length=30, blank=True, default="")
    verdict = models.CharField(max_length=30, blank=True, default="")
    scope = models.CharField(max_length=30, blank=True, default="")
    caller = models.CharField(max_length=32, blank=True, default="")
    duty = models.CharField(max_length=57, blank=True, default="")
    """The item of the duty list by which the addressee was called, or that it cited when it sent the leg back."""
    called = models.DateTimeField()
    reported = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["org", "seat", "matter"], name="leg_seat"),
            models.Index(
                fields=["caller", "due", "matter", "n"],
                name="leg_caller",
                condition=Q(ended__isnull=True, caller__gt=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["matter", "n"], name="leg_once"),
            models.CheckConstraint(condition=Q(role__in=["lead", "co"]), name="leg_role"),
        ]

    def __str__(self) -> str:
        return f"{self.matter}/{self.n}"


class Stake(models.Model):
    """One narrow row per open leg and organization that may list it: ``scope`` the addressee (``depth`` 0)
    and, at level ≤ 1, each organization above it and the one that called while it waits for that one. Every
    staff list is an equality on ``scope`` or ``holder``
    and a range on ``next_at``: the due of the leg (a paused leg keeps the one it had)."""

    scope = models.CharField(max_length=32)
    depth = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=48, blank=True, default="")
    seat = models.CharField(max_length=48, blank=True, default="")
    matter = models.CharField(max_length=24)
    leg = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=30)
    next_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    caller = models.BooleanField(default=False)
    """This organization called, and the leg is out of its addressee's hands: listed there beside, ``depth`` 1, or
    marked where it stands above the addressee anyhow. ``holder`` then is the post that called."""

    class Meta:
        indexes = [
            # With all that a list or its counts ask of a row: neither goes to the table for it (PostgreSQL).
            models.Index(
                fields=["scope", "next_at", "matter", "leg"],
                name="stake_listed",
                include=["depth", "level", "seat", "state", "caller"],
            ),
            models.Index(fields=["scope", "state", "next_at", "matter"], name="stake_state"),
            models.Index(fields=["scope", "-matter", "-leg"], name="stake_newest"),
            models.Index(
                fields=["holder", "next_at", "matter"],
                name="stake_holder",
                condition=Q(depth=0) & ~Q(holder=""),
            ),
            models.Index(fields=["scope"], name="stake_shut", condition=Q(level__gte=2)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["matter", "leg", "scope"], name="stake_once"),
            models.CheckConstraint(condition=Q(level__lte=1) | Q(depth=0), name="stake_superiors_level"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.matter}/{self.leg}"


class Reader(models.Model):
    """A post that may read a sealed matter: named in an act, never by office or from above."""

    matter = models.CharField(max_length=24)
    post = models.CharField(max_length=48)

    class Meta:
        indexes = [models.Index(fields=["post", "matter"], name="reader_post")]
        constraints = [models.UniqueConstraint(fields=["matter", "post"], name="reader_once")]

    def __str__(self) -> str:
        return f"{self.matter} {self.post}"


class Follower(models.Model):
    """Somebody who follows a matter that is shown to all, by her token: what she follows is listed from here, to her alone."""

    matter = models.CharField(max_length=24)
    token = models.CharField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["token", "matter"], name="follower_token")]
        constraints = [models.UniqueConstraint(fields=["matter", "token"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.matter} {self.token[:8]}"


class MatterFile(models.Model):
    """A file that a fact of a matter names, by SHA-256: who holds a file is asked here, not in the facts."""

    matter = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="matterfile_digest")]
        constraints = [models.UniqueConstraint(fields=["matter", "digest"], name="matterfile_once")]

    def __str__(self) -> str:
        return f"{self.matter} {self.digest[:12]}"


class TreeMark(models.Model):
    """How far staff lists follow the trees: the position of the ledger and the day up to which they were drawn. Bookkeeping
    of the worker, like a reader's cursor: neither dumped nor rebuilt."""

    name = models.CharField(max_length=16, primary_key=True)
    position = models.BigIntegerField()
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.name} {self.day} {self.position}"


# Tables of a room of its own; Django looks for an app's models here.
from .alerts.models import Alert, Mute, RuleReach, SenderCount, Unheard  # noqa: E402, F401
from .checklists.models import ChecklistItem  # noqa: E402, F401
from .suggest.models import Habit, Spot  # noqa: E402, F401
from .tallies.models import Asked, Tally  # noqa: E402, F401
