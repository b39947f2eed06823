"""Tables of rolls, folded from facts. Persons are tokens of the domain party (talents: service)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

STATES = ("asked", "in", "declined", "withdrawn")


class Membership(models.Model):
    """The ``n``-th row of a member: on the roll of her ``home`` branch, or (asked, then in) of a ``project`` branch, in
    [since, until). ``post`` is always empty: any post of the branch that keeps its roll may."""

    token = models.CharField(max_length=32)
    n = models.PositiveSmallIntegerField()
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    post = models.CharField(max_length=48, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=2)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "orgs"
        constraints = [
            models.CheckConstraint(
                name="membership_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(name="membership_kind", condition=Q(kind__in=["home", "project"])),
            models.CheckConstraint(name="membership_state", condition=Q(state__in=STATES)),
            models.UniqueConstraint(name="membership_key", fields=["token", "n"]),
            models.UniqueConstraint(
                name="membership_one_home", fields=["token"], condition=Q(kind="home", until__isnull=True)
            ),
        ]
        indexes = [models.Index(name="membership_of_org", fields=["org", "state", "token"])]


class RollShown(models.Model):
    """Where a member chose to be seen: a community, an employer."""

    token = models.CharField(max_length=32)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        app_label = "orgs"
        constraints = [models.UniqueConstraint(name="rollshown_key", fields=["token", "org"])]
        indexes = [models.Index(name="rollshown_org", fields=["org", "token"])]
