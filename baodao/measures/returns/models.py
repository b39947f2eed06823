"""Tables of returns, folded from their facts. No text of anybody is here."""

from __future__ import annotations

from django.db import models

from baodao.orgs.models import ORIGINS

STATES = (("draft", "draft"), ("frozen", "frozen"))


class Form(models.Model):
    """A form that a clerk gave; its mapping is content of the fact ``form:<code>``."""

    code = models.CharField(max_length=40, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    file = models.CharField(max_length=64)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        app_label = "measures"
        indexes = [models.Index(name="form_of_org", fields=["org", "code"])]

    def __str__(self) -> str:
        return self.code


class Return(models.Model):
    """One form for one period: as far as it has come. ``version`` is the one being made, or the last one."""

    number = models.CharField(max_length=24, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    form = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()
    source = models.CharField(max_length=12, choices=ORIGINS)
    due = models.DateField(null=True, blank=True)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=STATES)
    position = models.BigIntegerField()

    class Meta:
        app_label = "measures"
        constraints = [
            models.UniqueConstraint(name="return_once", fields=["org", "form", "first", "last", "source"])
        ]
        indexes = [models.Index(name="return_of_org", fields=["org", "-last", "number"])]

    def __str__(self) -> str:
        return self.number


class Copy(models.Model):
    """A frozen copy of one version: which file, signed by which two posts."""

    number = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField()
    file = models.CharField(max_length=64)
    signed = models.DateTimeField()
    post = models.CharField(max_length=48)
    second = models.CharField(max_length=48)

    class Meta:
        app_label = "measures"
        constraints = [models.UniqueConstraint(name="copy_key", fields=["number", "version"])]
        indexes = [models.Index(name="copy_of_file", fields=["file"])]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"
