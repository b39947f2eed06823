"""Tables of members' service, folded from facts. Persons are tokens of the domain service. There is no table of points: they are
computed when the member, or the one named post, opens them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

STATES = ("told", "confirmed", "otherwise")


class ServiceMember(models.Model):
    """The ``n``-th stay of a member on a unit's list, in [since, until). ``post`` is always empty: any post of the unit that keeps
    its list may."""

    token = models.CharField(max_length=32)
    n = models.PositiveSmallIntegerField()
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    post = models.CharField(max_length=48, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=2)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        constraints = [
            models.UniqueConstraint(name="service_member_n", fields=["token", "n"]),
            models.CheckConstraint(
                name="service_member_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]
        indexes = [
            models.Index(name="service_member_list", fields=["org", "token"], condition=Q(until__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.org_id} {self.since}"


class ServicePlace(models.Model):
    """The ``n``-th reporting of a member at a community."""

    token = models.CharField(max_length=32)
    n = models.PositiveSmallIntegerField()
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    role = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=2)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        constraints = [
            models.UniqueConstraint(name="service_place_n", fields=["token", "n"]),
            models.CheckConstraint(
                name="service_place_period", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]
        indexes = [
            models.Index(name="service_place_org", fields=["org", "token"], condition=Q(until__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.org_id} {self.role}"


class ServiceShown(models.Model):
    """What a member lets ``org`` see: name, unit, hours, with a comma before and after each."""

    token = models.CharField(max_length=32)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    what = models.CharField(max_length=40)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="service_shown_once", fields=["token", "org"])]

    def __str__(self) -> str:
        return f"{self.org_id} {self.what}"


class ServiceOut(models.Model):
    """She is out for a half-year; why is nowhere."""

    token = models.CharField(max_length=32)
    half = models.CharField(max_length=6)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="service_out_once", fields=["token", "half"])]

    def __str__(self) -> str:
        return self.half


class ServiceRecord(models.Model):
    """One time of service (服务纪实): ``told`` minutes as she said, ``minutes`` as confirmed. Texts lie in content."""

    token = models.CharField(max_length=32)
    slot = models.CharField(max_length=40)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    kind = models.CharField(max_length=40)
    day = models.DateField()
    told = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        constraints = [
            models.UniqueConstraint(name="service_record_once", fields=["token", "slot"]),
            models.CheckConstraint(name="service_record_state", condition=Q(state__in=STATES)),
        ]
        indexes = [
            models.Index(name="service_record_slot", fields=["slot"]),
            models.Index(name="service_record_waits", fields=["org", "day"], condition=Q(state="told")),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.state}"


class ServiceEnough(models.Model):
    """A community needs nobody in [since, until): its latest word."""

    org = models.OneToOneField(
        "orgs.Org", models.PROTECT, related_name="+", db_column="org", primary_key=True
    )
    since = models.DateField()
    until = models.DateField()

    class Meta:
        app_label = "gather"

    def __str__(self) -> str:
        return f"{self.org_id} {self.since}"


class ServiceSuggested(models.Model):
    """What the last plan suggests to a member, and why (codes and numbers as JSON). No fact: nobody did anything; the next plan takes
    its place, and what was claimed stands among the seats."""

    token = models.CharField(max_length=32)
    slot = models.CharField(max_length=40)
    cost = models.BigIntegerField()
    why = models.CharField(max_length=1000)
    made = models.DateTimeField()

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="service_suggested_once", fields=["token", "slot"])]
        indexes = [models.Index(name="service_suggested_slot", fields=["slot"])]

    def __str__(self) -> str:
        return f"{self.slot} {self.made:%Y-%m-%d}"


class Stand(models.Model):
    """A standing post (关键岗、示范岗、责任区): told to everybody with its duties; its holder by name only where she wishes so."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    kind = models.CharField(max_length=40)
    area = models.CharField(max_length=48, blank=True, default="")
    title = models.CharField(max_length=80)
    notes = models.TextField(blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    token = models.CharField(max_length=32, blank=True, default="")
    named = models.BooleanField(default=False)
    held = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        indexes = [
            models.Index(name="stand_of_org", fields=["org", "code"]),
            models.Index(name="stand_holder", fields=["token"], condition=~Q(token="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
