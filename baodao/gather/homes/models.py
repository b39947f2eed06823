"""Tables of homes, folded from facts."""

from __future__ import annotations

from django.db import models


class HomeMember(models.Model):
    """A household that joined a home, by the token of who joined for it; shown as a count only."""

    org = models.CharField(max_length=32)
    token = models.CharField(max_length=32)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="home_once", fields=["org", "token"])]
        indexes = [models.Index(name="home_token", fields=["token"])]

    def __str__(self) -> str:
        return self.org


class Trust(models.Model):
    """Whom a guardian trusts to fetch a child: her own list, read by nobody else."""

    token = models.CharField(max_length=32)
    helper = models.CharField(max_length=48)

    class Meta:
        app_label = "gather"
        constraints = [models.UniqueConstraint(name="trust_once", fields=["token", "helper"])]

    def __str__(self) -> str:
        return self.helper
