"""Tables of alliances, folded from their facts: written by the verbs, dropped and filled again by `baodao rebuild`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


def _period(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(until__isnull=True) | Q(until__gt=F("since")))


class Alliance(models.Model):
    """One alliance in [since, until); ``seat`` convenes it. ``shape`` is what its kind declared at the founding."""

    code = models.CharField(max_length=48, primary_key=True)
    kind = models.CharField(max_length=32)
    shape = models.CharField(max_length=16)
    seat = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="seat")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "orgs"
        constraints = [
            _period("alliance_period"),
            models.CheckConstraint(
                name="alliance_shape", condition=Q(shape__in=["consortium", "council", "pairing"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AllianceMember(models.Model):
    """The ``n``-th stay or invitation of ``org``: in [since, until) when ``state`` is joined."""

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="members", db_column="alliance")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    n = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=16)
    state = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "orgs"
        constraints = [
            _period("alliancemember_period"),
            models.CheckConstraint(
                name="alliancemember_state",
                condition=Q(state__in=["invited", "joined", "declined", "withdrawn"]),
            ),
            models.UniqueConstraint(name="alliancemember_key", fields=["alliance", "org", "n"]),
            models.UniqueConstraint(
                name="alliancemember_one_open",
                fields=["alliance", "org"],
                condition=Q(until__isnull=True, state__in=["invited", "joined"]),
            ),
        ]
        indexes = [models.Index(name="alliancemember_of_org", fields=["org", "state", "since"])]

    def __str__(self) -> str:
        return f"{self.org_id} in {self.alliance_id}"
