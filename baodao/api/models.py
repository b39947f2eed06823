"""Other systems: their tokens, and where webhooks go. Only the digest of a token is kept; `rights` narrow what the holder's post may do, never widen it."""

from django.db import models


class ApiToken(models.Model):
    """One token: acts as `person` in `post`, with at most the named rights, until `expires`."""

    digest = models.CharField(max_length=64, primary_key=True)
    title = models.CharField(max_length=60)
    person = models.CharField(max_length=32)
    post = models.CharField(max_length=64)
    rights = models.JSONField(default=list)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "created"], name="api_token_person")]


class Partner(models.Model):
    """An organization's own system: where its webhooks go, and the sealed secret that signs them. `since`: the ledger position at
    which it was registered; nothing before it is ever sent."""

    code = models.CharField(max_length=20, primary_key=True)
    org = models.CharField(max_length=32)
    title = models.CharField(max_length=60)
    url = models.CharField(max_length=300)
    secret_key = models.CharField(max_length=16)
    secret = models.BinaryField()
    since = models.BigIntegerField()
    created = models.DateTimeField()
    renewed = models.DateTimeField(null=True)
    stopped = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["org"], name="partner_org", condition=models.Q(stopped__isnull=True))]


class Delivery(models.Model):
    """One fact for one partner. What is said of it is composed when it leaves, so that nothing of it lies here."""

    STATES = ("waiting", "sent", "parked", "dropped")

    partner = models.CharField(max_length=20)
    fact = models.BigIntegerField()
    state = models.CharField(max_length=8, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=40, blank=True, default="")
    created = models.DateTimeField()
    next_try = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=16, blank=True, default="")
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try", "fact"], name="delivery_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["partner", "state", "fact"], name="delivery_partner"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fact", "partner"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sent", "parked", "dropped"]), name="delivery_state"
            ),
        ]
