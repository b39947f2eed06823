"""Tables of classes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from baodao.orgs.models import ORIGINS


class Klass(models.Model):
    """A class, folded from its facts; ``until`` is set once it is over."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    plan = models.CharField(max_length=32)
    title = models.CharField(max_length=80)
    about = models.CharField(max_length=500, blank=True, default="")
    seats = models.PositiveIntegerField(default=0)
    closed = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    pupils = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        app_label = "gather"
        indexes = [models.Index(name="klass_of_org", fields=["org", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class TestTally(models.Model):
    """How the short tests of a class went, all answers together: no person, no time, no single try. Truth of its own, like a count of
    ballots: no fact says whose it was, so that none can be asked."""

    __test__ = False

    klass = models.CharField(max_length=16, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "gather"
        constraints = [models.CheckConstraint(name="tally_right", condition=Q(right__lte=F("asked")))]

    def __str__(self) -> str:
        return self.klass
