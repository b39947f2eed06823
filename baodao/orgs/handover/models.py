"""Tables of hand-over sheets, folded from their facts: dropped and filled again by `baodao rebuild`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("open", "signed", "done", "dropped")


class Handover(models.Model):
    """One sheet. ``heir`` "" gives what has no other heir back to the office; ``org`` is that of the post that is left."""

    code = models.CharField(max_length=16, primary_key=True)
    post = models.CharField(max_length=48)
    org = models.CharField(max_length=32)
    heir = models.CharField(max_length=48, blank=True, default="")
    day = models.DateField()
    state = models.CharField(max_length=8)
    passed = models.PositiveIntegerField(default=0)
    opened = models.DateTimeField()
    dropped = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "orgs"
        constraints = [
            models.CheckConstraint(name="handover_state", condition=Q(state__in=STATES)),
            models.UniqueConstraint(
                name="handover_one_open", fields=["post"], condition=Q(state__in=["open", "signed"])
            ),
        ]
        indexes = [
            models.Index(name="handover_of_org", fields=["org", "state"]),
            models.Index(name="handover_due", fields=["day", "code"], condition=Q(state="signed")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.post}"


class HandoverPart(models.Model):
    """An item that goes to another than the sheet's heir."""

    sheet = models.ForeignKey(Handover, models.CASCADE, related_name="parts", db_column="sheet")
    item = models.CharField(max_length=80)
    heir = models.CharField(max_length=48, blank=True, default="")

    class Meta:
        app_label = "orgs"
        constraints = [models.UniqueConstraint(name="handoverpart_key", fields=["sheet", "item"])]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.item}"


class HandoverSign(models.Model):
    """A signature in force: who (token of the domain ``service``), in which post, for which party."""

    sheet = models.ForeignKey(Handover, models.CASCADE, related_name="signs", db_column="sheet")
    side = models.CharField(max_length=8)
    party = models.CharField(max_length=48, blank=True, default="")
    person = models.CharField(max_length=32)
    post = models.CharField(max_length=48, blank=True, default="")
    stands_in = models.BooleanField(default=False)
    items = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        app_label = "orgs"
        constraints = [models.UniqueConstraint(name="handoversign_key", fields=["sheet", "side", "party"])]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.side} {self.party}"
