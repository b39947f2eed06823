"""Tables of plans: drafts are truth that no fact has told yet, like a form that was kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("draft", "confirmed", "undone", "dropped")
KINDS = ("found", "move", "dissolve", "end", "begin")


class OrgPlan(models.Model):
    """A plan made in the name of ``org``; ``version`` grows with each change of a draft."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    title = models.CharField(max_length=80)
    day = models.DateField()
    state = models.CharField(max_length=10, default="draft")
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "orgs"
        constraints = [models.CheckConstraint(name="orgplan_state", condition=Q(state__in=STATES))]
        indexes = [models.Index(name="orgplan_of_org", fields=["org", "state", "day"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class OrgPlanLine(models.Model):
    """One change. ``org``: the organization concerned; ``other``: its parent to be, or who takes over its work; ``post``
    and ``post_kind``: of an appointment that begins or ends; ``person``: uid of who is appointed, "" once erased."""

    plan = models.ForeignKey(OrgPlan, models.CASCADE, related_name="lines", db_column="plan")
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    org = models.CharField(max_length=32)
    other = models.CharField(max_length=32, blank=True, default="")
    post = models.CharField(max_length=48, blank=True, default="")
    post_kind = models.CharField(max_length=32, blank=True, default="")
    person = models.CharField(max_length=32, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    level = models.CharField(max_length=32, blank=True, default="")
    org_kind = models.CharField(max_length=32, blank=True, default="")
    tree = models.CharField(max_length=8, blank=True, default="")
    note = models.CharField(max_length=120, blank=True, default="")
    #: of a new organization: the one of which it is a part that was split off
    out_of = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        app_label = "orgs"
        constraints = [
            models.UniqueConstraint(name="orgplanline_key", fields=["plan", "n"]),
            models.CheckConstraint(name="orgplanline_kind", condition=Q(kind__in=KINDS)),
        ]
        indexes = [
            models.Index(name="orgplanline_of_org", fields=["org", "kind"]),
            models.Index(name="orgplanline_of_post", fields=["post"], condition=~Q(post="")),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.n} {self.kind} {self.org}"
