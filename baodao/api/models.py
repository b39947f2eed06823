"""Tokens of other systems. Only the digest of a token is kept; `rights` narrow what the holder's post may do, never widen it."""

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
