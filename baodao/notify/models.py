"""Tables of notify: one row per fact, channel and person; and what a person prefers."""

from django.db import models
from django.db.models import Q

from baodao.kernel.columns import choices

STATES = ("waiting", "sending", "sent", "parked", "skipped", "folded")
CHANNELS = ("inbox", "sms", "email")


class Notice(models.Model):
    """One delivery. It belongs to a fact, or is the digest of a day (`digest_on`).

    waiting → sending → sent; or parked (a person decides), skipped (no address, no wish), folded (over the
    day's limit: counted in the digest of `folded_on`). `params` are codes and dates as JSON.
    """

    id = models.BigAutoField(primary_key=True)
    fact = models.BigIntegerField(null=True)
    digest_on = models.DateField(null=True)
    channel = models.CharField(max_length=5, choices=choices(CHANNELS))
    person = models.CharField(max_length=32)
    template = models.CharField(max_length=60)
    number = models.CharField(max_length=40, blank=True, default="")
    link = models.CharField(max_length=200, blank=True, default="")
    params = models.TextField(default="{}")
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=choices(STATES), default="waiting")
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True, default="")
    created = models.DateTimeField()
    next_try = models.DateTimeField()
    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    folded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "channel", "person"], name="notice_once"),
            models.UniqueConstraint(fields=["digest_on", "channel", "person"], name="notice_digest_once"),
            models.CheckConstraint(
                condition=Q(fact__isnull=False) ^ Q(digest_on__isnull=False), name="notice_of_fact_or_day"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="notice_state"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="notice_channel"),
        ]
        indexes = [
            models.Index(
                fields=["next_try"], name="notice_due", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(fields=["person", "-id"], name="notice_person"),
            models.Index(fields=["-id"], name="notice_parked", condition=Q(state="parked")),
        ]


class Preference(models.Model):
    """How a person wants to be told; which ways she agreed to lies with her consents in people."""

    LANGS = (("zh-hans", "zh-hans"), ("en", "en"))

    person = models.CharField(max_length=32, primary_key=True)
    lang = models.CharField(max_length=8, choices=LANGS, default="zh-hans")
    large_print = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(lang__in=["zh-hans", "en"]), name="preference_lang")
        ]
