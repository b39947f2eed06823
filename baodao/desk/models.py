"""The desk's one table: views of the to-do list that somebody keeps. Nothing about how it is used is kept."""

from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A named choice of rows, order and columns, kept for its owner (uid) or shared with her office. ``query`` is the
    list's own address, in the order in which the page writes it: nothing typed but the name."""

    code = models.CharField(max_length=32, primary_key=True)
    owner = models.CharField(max_length=32)
    org = models.CharField(max_length=32, blank=True, default="")
    """The office that has it too; "": the owner alone."""
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=300)
    made = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["org", "name"], name="savedview_org", condition=~Q(org=""))]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="savedview_name_once")]

    def __str__(self) -> str:
        return self.name
