"""The table of items, folded from facts."""

from __future__ import annotations

from django.db import models


class ChecklistItem(models.Model):
    """One item in force of the list ``list`` (a kind of place) of a procedure, as ``org`` brought it in."""

    org = models.CharField(max_length=32)
    procedure = models.CharField(max_length=32)
    list = models.CharField(max_length=32)
    item = models.CharField(max_length=32)
    rank = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    trade = models.CharField(max_length=32, blank=True, default="")
    grade = models.CharField(max_length=32, blank=True, default="")
    unit = models.CharField(max_length=32, blank=True, default="")
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "matters"
        constraints = [
            models.UniqueConstraint(name="checklist_key", fields=["org", "procedure", "list", "item"])
        ]

    def __str__(self) -> str:
        return f"{self.org} {self.procedure} {self.list} {self.item}"
