"""Tables of households, folded from facts and what is left of their contents. No words of anybody."""

from __future__ import annotations

from django.db import models

from baodao.orgs.models import ORIGINS

FIELDS = ("address", "people", "need", "contact")


class Household(models.Model):
    """One household of a community, open in [since, until). ``building`` and ``mark`` are emptied with the address;
    ``post`` is always empty: any post of the community that works with households may (rights of reach ``legs``)."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    grid = models.CharField(max_length=40, blank=True, default="")
    building = models.CharField(max_length=40, blank=True, default="")
    #: Blind index of the address, so that the same home is not written twice.
    mark = models.BinaryField(max_length=16, null=True)
    post = models.CharField(max_length=48, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=2)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "places"
        indexes = [
            models.Index(name="household_of_org", fields=["org", "code"]),
            models.Index(name="household_of_grid", fields=["grid", "code"]),
            models.Index(name="household_mark", fields=["mark"], condition=models.Q(mark__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code


class HouseholdLine(models.Model):
    """The ``n``-th line, as long as it stands: which field, why, until when (the first day without it), which post wrote
    it, whether by the household's own ``word``. ``token`` is the contact's, in the domain service."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="lines", db_column="household")
    n = models.PositiveIntegerField()
    field = models.CharField(max_length=12)
    why = models.CharField(max_length=32)
    until = models.DateField()
    post = models.CharField(max_length=48, blank=True, default="")
    word = models.BooleanField(default=False)
    written = models.DateField()
    token = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        app_label = "places"
        constraints = [
            models.UniqueConstraint(name="householdline_key", fields=["household", "n"]),
            models.CheckConstraint(name="householdline_field", condition=models.Q(field__in=FIELDS)),
            models.CheckConstraint(
                name="householdline_need_by_own_word", condition=~models.Q(field="need") | models.Q(word=True)
            ),
            models.CheckConstraint(
                name="householdline_contact_by_own_word",
                condition=~models.Q(field="contact") | models.Q(word=True),
            ),
        ]
        indexes = [models.Index(name="householdline_until", fields=["until"])]


class HouseholdMember(models.Model):
    """Somebody with an account who came with the slip: keeps the household at hand and may end it."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members", db_column="household")
    token = models.CharField(max_length=32)

    class Meta:
        app_label = "places"
        constraints = [models.UniqueConstraint(name="householdmember_key", fields=["household", "token"])]
        indexes = [models.Index(name="householdmember_token", fields=["token"])]
