"""Tables of alerts: caches of their facts. No person, no text, no picture."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

REACHES = ("trial", "spread", "off")


class Alert(models.Model):
    """What opened a matter, and how often it came since: one row for a whole flood."""

    matter = models.CharField(max_length=24, primary_key=True)
    device = models.CharField(max_length=48)
    rule = models.CharField(max_length=30)
    org = models.CharField(max_length=32)
    place = models.CharField(max_length=40, blank=True, default="")
    sender = models.CharField(max_length=64, blank=True, default="")
    first = models.DateTimeField()
    last = models.DateTimeField()
    n = models.PositiveIntegerField()
    still = models.CharField(max_length=64, blank=True, default="")
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "matters"
        indexes = [
            models.Index(name="alert_of_device", fields=["device", "rule", "-last"]),
            models.Index(name="alert_newest", fields=["-first", "matter"]),
            models.Index(name="alert_of_rule", fields=["rule", "org"]),
            models.Index(name="alert_still", fields=["still"], condition=~Q(still="")),
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.device} {self.rule}"


class Mute(models.Model):
    """A device (``rule`` "": all its rules) that is silent through ``until``."""

    device = models.CharField(max_length=48)
    rule = models.CharField(max_length=30, blank=True, default="")
    reason = models.CharField(max_length=30)
    until = models.DateField()
    post = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "matters"
        constraints = [models.UniqueConstraint(fields=["device", "rule"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.device}/{self.rule} {self.until}"


class Unheard(models.Model):
    """How often a device's rule reported while it was muted for a reason. Simulated ones are not counted."""

    device = models.CharField(max_length=48)
    rule = models.CharField(max_length=30)
    reason = models.CharField(max_length=30)
    org = models.CharField(max_length=32)
    n = models.PositiveIntegerField()
    last = models.DateTimeField()

    class Meta:
        app_label = "matters"
        constraints = [models.UniqueConstraint(fields=["device", "rule", "reason"], name="unheard_once")]
        indexes = [models.Index(name="unheard_of_rule", fields=["rule", "org"])]

    def __str__(self) -> str:
        return f"{self.device}/{self.rule} {self.reason} {self.n}"


class RuleReach(models.Model):
    """Where a rule holds: at an organization and all below it, as a trial or spread."""

    rule = models.CharField(max_length=30)
    org = models.CharField(max_length=32)
    state = models.CharField(max_length=6)
    since = models.DateTimeField()
    judged = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "matters"
        constraints = [
            models.UniqueConstraint(fields=["rule", "org"], name="rulereach_once"),
            models.CheckConstraint(condition=Q(state__in=REACHES), name="rulereach_state"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.org} {self.state}"


class SenderCount(models.Model):
    """How often a sender's fields met a list (face, plate, …)."""

    sender = models.CharField(max_length=64)
    list = models.CharField(max_length=30)
    n = models.PositiveIntegerField()
    last = models.DateTimeField()

    class Meta:
        app_label = "matters"
        constraints = [models.UniqueConstraint(fields=["sender", "list"], name="sendercount_once")]

    def __str__(self) -> str:
        return f"{self.sender} {self.list} {self.n}"
