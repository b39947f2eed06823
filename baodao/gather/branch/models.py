"""Tables of branch life: which files belong to which evening, which matters came of its decisions. All else is gather's."""

from __future__ import annotations

from django.db import models


class Paper(models.Model):
    """A photo or paper of an evening, by its hash."""

    slot = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="paper_once", fields=["slot", "digest"])]
        indexes = [models.Index(name="paper_digest", fields=["digest"])]

    def __str__(self) -> str:
        return f"{self.slot} {self.digest[:12]}"


class Handed(models.Model):
    """Decision ``n`` of an evening became the matter ``number``."""

    number = models.CharField(max_length=40, primary_key=True)
    slot = models.CharField(max_length=40)
    n = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="handed_once", fields=["slot", "n"])]

    def __str__(self) -> str:
        return f"{self.slot} {self.number}"
