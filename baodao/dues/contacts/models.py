"""Tables of contacts, folded from their facts. Persons are tokens of the domain service; no word of anybody is here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from baodao.orgs.models import ORIGINS


class Contact(models.Model):
    """A named person and the post that keeps in touch with her, in [since, until). One at a time, over all departments."""

    code = models.CharField(max_length=16, primary_key=True)
    token = models.CharField(max_length=32)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    post = models.CharField(max_length=48)
    level = models.PositiveSmallIntegerField(default=2)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "dues"
        constraints = [
            models.CheckConstraint(
                name="contact_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.UniqueConstraint(
                name="contact_one_to_one", fields=["token"], condition=Q(until__isnull=True)
            ),
        ]
        indexes = [
            models.Index(name="contact_of_post", fields=["post", "code"]),
            models.Index(name="contact_of_org", fields=["org", "code"]),
        ]

    def __str__(self) -> str:
        return self.code


class ContactMade(models.Model):
    """The ``n``-th contact: on which day, whether a need was raised (its words are content of the fact) and on which day it
    was met."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="made", db_column="contact")
    n = models.PositiveIntegerField()
    day = models.DateField()
    need = models.BooleanField(default=False)
    solved = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "dues"
        constraints = [models.UniqueConstraint(name="contactmade_key", fields=["contact", "n"])]
        indexes = [models.Index(name="contactmade_day", fields=["contact", "day"])]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.day}"
