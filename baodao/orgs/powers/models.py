"""Tables of powers. A deputy and an opening are dated rows that the policy reads; a waiting request goes when it is settled."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ORIGINS = (("live", "live"), ("import", "import"), ("paper", "paper"), ("simulated", "simulated"))


class Deputy(models.Model):
    """Whoever holds the post ``deputy`` acts for the post ``post`` in [since, until), local days: at most with ``rights``
    (patterns, a blank between) and up to ``level``, never with more than ``post`` itself has on that day."""

    code = models.CharField(max_length=16, primary_key=True)
    post = models.CharField(max_length=48)
    deputy = models.CharField(max_length=48)
    rights = models.CharField(max_length=2000)
    level = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField()
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        constraints = [
            # Taken back on its first day it never held.
            models.CheckConstraint(name="deputy_period", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="deputy_other", condition=~Q(post=F("deputy"))),
            models.CheckConstraint(name="deputy_level", condition=Q(level__lte=3)),
        ]
        indexes = [
            models.Index(name="deputy_of", fields=["deputy", "until"]),
            models.Index(name="deputy_for", fields=["post", "until"]),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.post}"


class Waiting(models.Model):
    """An act that waits for a second person. ``body`` is the verb's arguments as JSON: it may hold texts, and is gone when the
    request is settled, lapses, or any person is erased."""

    code = models.CharField(max_length=16, primary_key=True)
    verb = models.CharField(max_length=120)
    right = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    org = models.CharField(max_length=32)
    person = models.CharField(max_length=32)
    post = models.CharField(max_length=48)
    purpose = models.CharField(max_length=60, blank=True, default="")
    command = models.CharField(max_length=200, unique=True)
    body = models.BinaryField()
    asked = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="waiting_until", fields=["until", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.right} {self.subject}"


class Opening(models.Model):
    """``person`` in ``post`` reads the restricted ``subject`` until a moment, for a purpose; ``second`` is the post that agreed."""

    code = models.CharField(max_length=16, primary_key=True)
    subject = models.CharField(max_length=80)
    org = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=32)
    post = models.CharField(max_length=48)
    second = models.CharField(max_length=48)
    purpose = models.CharField(max_length=60)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="opening_period", condition=Q(until__gt=F("since")))]
        indexes = [
            models.Index(name="opening_person", fields=["person", "until"]),
            models.Index(name="opening_subject", fields=["subject", "until"]),
        ]

    def __str__(self) -> str:
        return f"{self.post} reads {self.subject} until {self.until}"
