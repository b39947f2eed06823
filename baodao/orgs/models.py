"""Tables of the two trees, the appointments, the pack bindings and the duty lists.

Every period is half open and in local days: it holds on ``since`` and no longer on ``until``
(null: open). ``OrgParent`` is the truth about the trees; ``OrgClosure`` is derived from it, has one
writer (services) and one checker (``baodao doctor``), and can be dropped and rebuilt.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

TREES = (("admin", _("行政")), ("party", _("党组织")))
ORIGINS = (("live", "live"), ("import", "import"), ("paper", "paper"), ("simulated", "simulated"))


def _period(name: str) -> models.CheckConstraint:
    """A period ends after it began, or not at all."""
    return models.CheckConstraint(name=name, condition=Q(until__isnull=True) | Q(until__gt=F("since")))


class Org(models.Model):
    """One organization; ``code`` is official (500102001) or made at a desk (fl-zjw)."""

    code = models.CharField(max_length=32, primary_key=True)
    tree = models.CharField(max_length=8, choices=TREES)
    level = models.CharField(max_length=32)
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            _period("org_period"),
            models.CheckConstraint(name="org_tree", condition=Q(tree__in=["admin", "party"])),
            models.CheckConstraint(name="org_code_given", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class OrgParent(models.Model):
    """``org`` lay directly under ``parent`` in [since, until). The truth about the trees."""

    org = models.ForeignKey(Org, models.PROTECT, related_name="parents", db_column="org")
    parent = models.ForeignKey(Org, models.PROTECT, related_name="children", db_column="parent")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            _period("orgparent_period"),
            models.CheckConstraint(name="orgparent_not_self", condition=~Q(org=F("parent"))),
            models.UniqueConstraint(name="orgparent_start", fields=["org", "since"]),
            models.UniqueConstraint(
                name="orgparent_one_open", fields=["org"], condition=Q(until__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org_id} < {self.parent_id}"


class OrgClosure(models.Model):
    """``descendant`` lay ``depth`` steps under ``ancestor`` (0: itself) in [since, until). Derived."""

    tree = models.CharField(max_length=8)
    ancestor = models.CharField(max_length=32)
    descendant = models.CharField(max_length=32)
    depth = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="orgclosure_key", fields=["ancestor", "descendant", "since"]),
        ]
        indexes = [models.Index(name="orgclosure_up", fields=["descendant", "ancestor"])]

    def __str__(self) -> str:
        return f"{self.descendant} <{self.depth} {self.ancestor}"


class Post(models.Model):
    """A dated appointment: one person holds one post of one kind in one organization."""

    code = models.CharField(max_length=48, primary_key=True)
    org = models.ForeignKey(Org, models.PROTECT, related_name="posts", db_column="org")
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=80)
    #: uid in the vault; empty once the person was erased
    person = models.CharField(max_length=32, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    #: what the appointment rests on: a document's number, never a remark about the person
    note = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            _period("post_period"),
            models.CheckConstraint(name="post_code_given", condition=~Q(code="")),
        ]
        indexes = [
            models.Index(name="post_of_person", fields=["person", "since"]),
            models.Index(name="post_of_org", fields=["org", "kind", "since"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class PackBinding(models.Model):
    """From ``since`` the pack rules ``org`` and all below it that have no nearer binding."""

    org = models.ForeignKey(Org, models.PROTECT, related_name="packs", db_column="org")
    pack = models.CharField(max_length=32)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="packbinding_key", fields=["org", "since"])]

    def __str__(self) -> str:
        return f"{self.org_id}: {self.pack}"


class DutyList(models.Model):
    """What an organization has to do, as adopted from ``since`` on; a later version ends it."""

    #: <org>@<since>
    code = models.CharField(max_length=48, primary_key=True)
    org = models.ForeignKey(Org, models.PROTECT, related_name="duty_lists", db_column="org")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    #: SHA-256 of the items, by which the same list again is known
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            _period("dutylist_period"),
            models.UniqueConstraint(name="dutylist_start", fields=["org", "since"]),
            models.UniqueConstraint(
                name="dutylist_one_open", fields=["org"], condition=Q(until__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class DutyItem(models.Model):
    """One item of one version. Titles are catalogue data, like names of organizations."""

    list = models.ForeignKey(DutyList, models.PROTECT, related_name="items", db_column="list")
    #: order in the list, from 1
    place = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    basis = models.CharField(max_length=300, blank=True, default="")
    keywords = models.CharField(max_length=200, blank=True, default="")
    #: code, title and keywords folded for the search
    terms = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dutyitem_key", fields=["list", "code"]),
            models.CheckConstraint(
                name="dutyitem_kind", condition=Q(kind__in=["basic", "cooperating", "taken_back"])
            ),
        ]
        indexes = [models.Index(name="dutyitem_order", fields=["list", "place"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class DutyChange(models.Model):
    """A proposal to change an item, open until somebody accepts or declines it."""

    code = models.CharField(max_length=16, primary_key=True)
    org = models.ForeignKey(Org, models.PROTECT, related_name="duty_changes", db_column="org")
    item = models.CharField(max_length=40)
    reason = models.CharField(max_length=16)
    #: the class it should have; empty: not said
    wanted = models.CharField(max_length=12, blank=True, default="")
    #: disputes behind it when it was opened
    disputes = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, default="open")
    opened = models.DateField()
    settled = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=12, choices=ORIGINS)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="dutychange_one_open", fields=["org", "item"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="dutychange_state", condition=Q(state__in=["open", "accepted", "declined"])
            ),
        ]
        indexes = [models.Index(name="dutychange_of_org", fields=["org", "state"])]

    def __str__(self) -> str:
        return f"{self.code} {self.org_id}/{self.item}"


# Alliances have a room of their own; Django looks for tables here.
from .alliances.models import Alliance, AllianceMember  # noqa: E402, F401
from .areas.models import PostArea  # noqa: E402, F401
from .handover.models import Handover, HandoverPart, HandoverSign  # noqa: E402, F401
from .plans.models import OrgPlan, OrgPlanLine  # noqa: E402, F401
from .powers.models import Deputy, Opening, Waiting  # noqa: E402, F401
