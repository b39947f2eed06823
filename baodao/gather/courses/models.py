"""Tables of courses, folded from facts. How far an order is stands in its matter, when it takes place in its slots."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from baodao.orgs.models import ORIGINS


class Offer(models.Model):
    """A topic on the menu in [since, until). Lists are codes with a comma before and after each."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    subject = models.CharField(max_length=40)
    forms = models.CharField(max_length=400)
    lecturers = models.CharField(max_length=1000, blank=True, default="")
    title = models.CharField(max_length=80)
    about = models.CharField(max_length=500, blank=True, default="")
    minutes = models.PositiveSmallIntegerField()
    sessions = models.PositiveSmallIntegerField(default=1)
    level = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "gather"
        constraints = [
            models.CheckConstraint(
                name="offer_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            )
        ]
        indexes = [models.Index(name="offer_of_org", fields=["org", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Lecturer(models.Model):
    """What a post gives; its load is counted from orders, never kept."""

    post = models.CharField(max_length=48, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    subjects = models.CharField(max_length=400, blank=True, default="")
    days = models.CharField(max_length=20, blank=True, default="")
    most = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        app_label = "gather"
        indexes = [models.Index(name="lecturer_of_org", fields=["org", "post"])]

    def __str__(self) -> str:
        return self.post


class Order(models.Model):
    """An order: the tie of a matter to an offer, and what came of it (``held`` null: not yet)."""

    number = models.CharField(max_length=24, primary_key=True)
    offer = models.CharField(max_length=16)
    org = models.CharField(max_length=32)
    form = models.CharField(max_length=40)
    placed = models.DateField()
    wish = models.DateField(null=True, blank=True)
    heads = models.PositiveIntegerField(default=0)
    held = models.DateField(null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(default=0)
    came = models.PositiveIntegerField(default=0)
    days = models.IntegerField(null=True, blank=True)
    first = models.BooleanField(default=False)
    channels = models.CharField(max_length=200, blank=True, default="")
    stars = models.PositiveSmallIntegerField(null=True, blank=True)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        app_label = "gather"
        constraints = [
            models.UniqueConstraint(name="order_first", fields=["offer", "org"], condition=Q(first=True))
        ]
        indexes = [
            models.Index(name="order_of_offer", fields=["offer", "org", "placed"]),
            models.Index(name="order_placed", fields=["placed", "number"]),
            models.Index(name="order_held", fields=["org", "held"], condition=Q(held__isnull=False)),
            models.Index(
                name="order_told", fields=["org", "number"], condition=Q(held__isnull=True) & ~Q(channels="")
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Relay(models.Model):
    """One time that residents were told of an order by hand, and by whom (a post)."""

    number = models.CharField(max_length=24)
    channel = models.CharField(max_length=40)
    at = models.DateTimeField()
    org = models.CharField(max_length=32)
    post = models.CharField(max_length=48, blank=True, default="")

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="relay_once", fields=["number", "channel", "at"])]
        indexes = [models.Index(name="relay_of_org", fields=["org", "at"])]

    def __str__(self) -> str:
        return f"{self.number} {self.channel}"


# The room inside has tables of its own.
from .programmes.models import Application, Call, Klass, TestTally, TrainingGoal, TrainingPlan  # noqa: E402, F401
