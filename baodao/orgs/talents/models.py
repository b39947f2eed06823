"""Tables of talents, folded from facts and what is left of their contents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Talent(models.Model):
    """Somebody named by a village in [since, until). ``token`` in the domain service."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    token = models.CharField(max_length=32)
    trade = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "orgs"
        constraints = [
            models.CheckConstraint(
                name="talent_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            )
        ]
        indexes = [
            models.Index(name="talent_of_org", fields=["org", "code"]),
            models.Index(name="talent_token", fields=["token"]),
        ]
