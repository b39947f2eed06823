"""The table of areas, folded from facts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class PostArea(models.Model):
    """The area of a post in [since, until): ``places`` are codes of grids and organizations, a blank between."""

    post = models.CharField(max_length=48)
    name = models.CharField(max_length=80, blank=True, default="")
    places = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "orgs"
        constraints = [
            models.UniqueConstraint(name="postarea_key", fields=["post", "since"]),
            models.CheckConstraint(
                name="postarea_period", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.name}"
