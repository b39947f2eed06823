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


class Call(models.Model):
    """A dated call for applications; what is shown of its result names organizations, never persons."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    programme = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    about = models.CharField(max_length=1000, blank=True, default="")
    who = models.CharField(max_length=300)
    criteria = models.CharField(max_length=1000)
    since = models.DateField()
    until = models.DateField()
    published = models.DateField(null=True, blank=True)
    applied = models.PositiveIntegerField(default=0)
    admitted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    alone = models.PositiveIntegerField(default=0)
    units = models.TextField(blank=True, default="")
    level = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        app_label = "gather"
        constraints = [models.CheckConstraint(name="call_days", condition=Q(until__gte=F("since")))]
        indexes = [
            models.Index(name="call_of_org", fields=["org", "code"]),
            models.Index(name="call_until", fields=["until", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Application(models.Model):
    """To which call an application was made."""

    number = models.CharField(max_length=24, primary_key=True)
    call = models.CharField(max_length=16)

    class Meta:
        app_label = "gather"
        indexes = [models.Index(name="application_call", fields=["call", "number"])]

    def __str__(self) -> str:
        return self.number


class TrainingPlan(models.Model):
    """A plan of training over some years."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    title = models.CharField(max_length=80)
    since = models.PositiveSmallIntegerField()
    until = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        app_label = "gather"
        constraints = [models.CheckConstraint(name="training_years", condition=Q(until__gte=F("since")))]
        indexes = [models.Index(name="training_of_org", fields=["org", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class TrainingGoal(models.Model):
    """A line of a plan."""

    plan = models.CharField(max_length=16)
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    persons = models.PositiveIntegerField()
    hours = models.PositiveIntegerField()

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="goal_once", fields=["plan", "kind", "year"])]

    def __str__(self) -> str:
        return f"{self.plan} {self.kind} {self.year}"
