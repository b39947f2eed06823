"""Tables of patrols and joint checks: caches of their facts. Rounds and visits are slots."""

from __future__ import annotations

from django.db import models

FORMS = ("points", "line", "area")


class Route(models.Model):
    """A route; ``rounds``: with a comma before and after each."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    title = models.CharField(max_length=120)
    form = models.CharField(max_length=8, choices=[(one, one) for one in FORMS])
    rounds = models.CharField(max_length=300)
    closed = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        indexes = [models.Index(name="route_of_org", fields=["org", "code"])]


class RoutePoint(models.Model):
    """A point of a route: a thing on a wall."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="points", db_column="route")
    n = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=48, blank=True, default="")
    lon = models.IntegerField(default=0)
    lat = models.IntegerField(default=0)
    mark = models.CharField(max_length=40, unique=True)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(fields=["route", "n"], name="routepoint_once")]


class Passing(models.Model):
    """A round passed a point. No person, no place but the point's own."""

    slot = models.CharField(max_length=40)
    route = models.CharField(max_length=16)
    n = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    how = models.CharField(max_length=8)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(fields=["slot", "n"], name="passing_once")]
        indexes = [models.Index(name="passing_of_route", fields=["route", "at"])]


class Find(models.Model):
    """A matter that a round or a check opened."""

    number = models.CharField(max_length=24, primary_key=True)
    slot = models.CharField(max_length=40)
    n = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "gather"
        indexes = [models.Index(name="find_of_slot", fields=["slot", "number"])]


class Check(models.Model):
    """A joint check: one visit to one place."""

    slot = models.CharField(max_length=40, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    title = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True, default="")
    place = models.CharField(max_length=48, blank=True, default="")
    day = models.DateField()
    seal = models.CharField(max_length=64, unique=True)
    rated = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "gather"
        indexes = [
            models.Index(name="check_of_org", fields=["org", "day", "slot"]),
            models.Index(name="check_of_place", fields=["day", "title"]),
        ]


class CheckUnit(models.Model):
    """A department that comes along; it sees the check."""

    visit = models.ForeignKey(Check, models.CASCADE, related_name="+", db_column="visit")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(fields=["visit", "org"], name="checkunit_once")]
        indexes = [models.Index(name="checkunit_org", fields=["org", "visit"])]
