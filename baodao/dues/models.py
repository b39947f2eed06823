"""Tables of dues: what met them, what began them, who is excused, who was reminded. All are caches of facts; whether something is
due, met or missing is stored nowhere.

Subjects are written as in facts: ``org:<code>``, ``post:<code>``, ``member:<party token>``, ``alliance:<code>``."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Met(models.Model):
    """``ref`` met ``requirement`` for ``subject`` on ``day`` by ``amount`` (times, or minutes)."""

    requirement = models.CharField(max_length=32)
    subject = models.CharField(max_length=60)
    day = models.DateField()
    ref = models.CharField(max_length=80)
    amount = models.PositiveIntegerField(default=1)
    made_up = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="met_once", fields=["requirement", "subject", "ref"]),
            models.CheckConstraint(name="met_amount", condition=Q(amount__gte=1)),
        ]
        indexes = [
            models.Index(name="met_in_period", fields=["requirement", "day", "subject", "amount"]),
            models.Index(name="met_of_subject", fields=["subject", "requirement", "day"]),
            models.Index(name="met_by_ref", fields=["ref"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.requirement} {self.day}"


class Excuse(models.Model):
    """``subject`` does not owe ``requirement`` for the period that begins on ``period``. Members: never why."""

    requirement = models.CharField(max_length=32)
    subject = models.CharField(max_length=60)
    period = models.DateField()
    cause = models.CharField(max_length=32)
    #: subject of the fact that excused
    ref = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="excuse_once", fields=["requirement", "subject", "period"])
        ]
        indexes = [models.Index(name="excuse_of_subject", fields=["subject", "requirement", "period"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.requirement} {self.period}"


class Reminder(models.Model):
    """``subject`` was reminded on ``day`` of ``requirement``, whose period began on ``period``."""

    subject = models.CharField(max_length=60)
    requirement = models.CharField(max_length=48)
    period = models.DateField()
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reminder_once", fields=["subject", "requirement", "day"])
        ]
        indexes = [models.Index(name="reminder_of_subject", fields=["subject", "day"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"


class Begun(models.Model):
    """An event of this kind happened to ``subject`` on ``day``: what is due after such events begins."""

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    day = models.DateField()
    ref = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(name="begun_once", fields=["kind", "subject", "ref"])]
        indexes = [models.Index(name="begun_in_period", fields=["kind", "day", "subject"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind} {self.day}"


# Contacts have a room of their own; Django looks for tables here.
from .contacts.models import Contact, ContactMade  # noqa: E402, F401
