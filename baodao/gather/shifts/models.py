"""Tables of call-outs: caches of their facts. Shifts themselves are slots."""

from __future__ import annotations

from django.db import models

STATES = ("on", "off")


class Willing(models.Model):
    """Somebody who offered herself. ``skills``, ``parts``: with a comma before and after each; ``days``: digits, Monday 0. No cause, no rank."""

    token = models.CharField(max_length=32, primary_key=True)
    skills = models.CharField(max_length=400, blank=True, default="")
    days = models.CharField(max_length=7)
    parts = models.CharField(max_length=60)
    base = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="base")
    unit = models.CharField(max_length=32, blank=True, default="")
    paused = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=2)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        indexes = [
            models.Index(name="willing_base", fields=["base", "token"]),
            models.Index(name="willing_unit", fields=["unit"], condition=~models.Q(unit="")),
        ]


class CallOut(models.Model):
    """An emergency: on, then off; its shifts are slots ``about`` it."""

    code = models.CharField(max_length=16, primary_key=True)
    kind = models.CharField(max_length=40)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    title = models.CharField(max_length=120)
    notes = models.TextField(blank=True, default="")
    insurance = models.CharField(max_length=120, blank=True, default="")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=4, choices=[(code, code) for code in STATES])
    ended = models.DateTimeField(null=True, blank=True)
    reviewed = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        indexes = [models.Index(name="callout_of_org", fields=["org", "state", "code"])]


class CallArea(models.Model):
    """An organization whose posts a call-out fills; by it those in charge there see the call-out."""

    call = models.ForeignKey(CallOut, models.CASCADE, related_name="+", db_column="call")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(fields=["call", "org"], name="callarea_once")]
        indexes = [models.Index(name="callarea_org", fields=["org", "call"])]


class StandIn(models.Model):
    """Somebody looks for another to take her shift."""

    call = models.CharField(max_length=16)
    slot = models.CharField(max_length=40)
    token = models.CharField(max_length=32)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(fields=["slot", "token"], name="standin_once")]


class Roster(models.Model):
    """The n-th of a turn's roster of an organization, for one kind of call-out."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    kind = models.CharField(max_length=40)
    turn = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()
    token = models.CharField(max_length=32)

    class Meta:
        app_label = "gather"
        constraints = [
            models.UniqueConstraint(fields=["org", "kind", "turn", "token"], name="roster_once"),
        ]
        indexes = [models.Index(name="roster_token", fields=["token"])]
