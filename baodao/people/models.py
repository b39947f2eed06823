"""Tables of persons. What says who somebody is lies sealed in `Identity`; every other table has uids, tokens
and digests."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from baodao.kernel.columns import choices

KINDS = ("resident", "staff", "imported")
ORIGINS = ("live", "import", "paper", "simulated")
FIELDS = (
    "name",
    "phone",
    "email",
    "idno",
    "address",
    "contact_phone",
    "contact_email",
    "contact_note",
    "alias",
)
STANDINGS = ("given", "invited", "proven")
#: ``once``: for a single matter that is to be nobody's later; a person may have many.
DOMAINS = ("matters", "service", "party", "once")
WAYS = ("code", "password", "demo")
FACTORS = ("one", "two", "demo")
LIKENESS = ("open", "same", "different")


class Person(models.Model):
    """Somebody. `uid` is a random uuid4 in hex. After an erasure the bare row stays, so that logs keep their
    meaning. `office`: code of the organization whose roster she stands on ("" = entered by herself). `led_by`: a person
    decided that this record and that one are the same somebody; tokens of both stay, the other one leads."""

    uid = models.CharField(max_length=32, primary_key=True)
    created = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=choices(KINDS))
    origin = models.CharField(max_length=9, choices=choices(ORIGINS))
    erased = models.BooleanField(default=False)
    office = models.CharField(max_length=32, blank=True, default="", db_default="")
    led_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="led")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="person_kind"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="person_origin"),
            models.CheckConstraint(
                condition=Q(led_by__isnull=True) | ~Q(led_by=F("uid")), name="person_not_own_lead"
            ),
        ]
        indexes = [models.Index(fields=["office", "uid"], name="person_office")]


class Identity(models.Model):
    """One sealed field of a person. `given` = typed by anybody, `invited` = entered by an office and waiting
    for its owner, `proven` = its owner showed that it is theirs. Only one person signs in by a contact."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    field = models.CharField(max_length=16, choices=choices(FIELDS))
    standing = models.CharField(max_length=8, choices=choices(STANDINGS), default="given")
    seal_key = models.CharField(max_length=8)
    cipher = models.BinaryField()
    blind_key = models.CharField(max_length=8, blank=True, default="")
    blind = models.BinaryField(max_length=16, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "field"], name="identity_field_once"),
            models.UniqueConstraint(
                fields=["blind"], condition=~Q(standing="given"), name="identity_sign_in_once"
            ),
            models.CheckConstraint(condition=Q(field__in=FIELDS), name="identity_field"),
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="identity_standing"),
        ]
        indexes = [
            models.Index(fields=["blind"], name="identity_blind", condition=Q(blind__isnull=False)),
            models.Index(fields=["seal_key", "id"], name="identity_key"),
        ]


class Token(models.Model):
    """A person's name in one domain. No person = a tombstone: whoever it was has been erased."""

    token = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="tokens")
    domain = models.CharField(max_length=8, choices=choices(DOMAINS))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "domain"], name="token_domain_once", condition=~Q(domain="once")
            ),
            models.CheckConstraint(condition=Q(domain__in=DOMAINS), name="token_domain"),
        ]


class Likeness(models.Model):
    """Two records that may be one somebody (`one` < `other` by uid), why, and what a person decided. Codes only."""

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=choices(LIKENESS), default="open")
    noted = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="likeness_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="likeness_order"),
            models.CheckConstraint(condition=Q(state__in=LIKENESS), name="likeness_state"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="likeness_open")]


class Account(AbstractBaseUser):
    """A way in. `username` is random; what its owner types is compared by blind index. No date of last
    sign-in."""

    last_login = None
    username = models.CharField(max_length=32, primary_key=True)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="account")
    active = models.BooleanField(default=True)
    created = models.DateTimeField()
    totp_key = models.CharField(max_length=8, blank=True, default="")
    totp_cipher = models.BinaryField(null=True)
    totp_step = models.BigIntegerField(default=0)
    totp_on = models.BooleanField(default=False)

    USERNAME_FIELD: ClassVar[str] = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's name for `active`."""
        return self.active


class RecoveryCode(models.Model):
    """A one-use stand-in for the second factor; only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=16)
    used = models.BooleanField(default=False)


class SignIn(models.Model):
    """One signed-in browser. `key` is SHA-256 of the cookie; `seen` only the last day, nothing about use."""

    key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    way = models.CharField(max_length=8, choices=choices(WAYS))
    factor = models.CharField(max_length=4, choices=choices(FACTORS), default="one")
    post = models.CharField(max_length=64, blank=True, default="")
    browser = models.CharField(max_length=20)
    created = models.DateTimeField()
    seen = models.DateField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="sign_in_until")]
        constraints = [
            models.CheckConstraint(condition=Q(factor__in=FACTORS), name="sign_in_factor"),
            models.CheckConstraint(condition=Q(way__in=WAYS), name="sign_in_way"),
        ]


class OneTimeCode(models.Model):
    """Six digits sent to a contact; kept as digests. `use` says what the right answer allows."""

    id = models.CharField(max_length=32, primary_key=True)
    use = models.CharField(max_length=10)
    target = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=16)
    until = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["until"], name="one_time_code_until"),
            models.Index(fields=["target"], name="one_time_code_target"),
        ]


class Throttle(models.Model):
    """How often something was tried in the present window; `key` is an HMAC of rule and address or
    contact."""

    key = models.CharField(max_length=32, primary_key=True)
    window = models.BigIntegerField()
    n = models.IntegerField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="throttle_until")]


class Consent(models.Model):
    """A person's yes to a declared use, with the version of the words that were read; withdrawn = ended, not
    deleted."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    what = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    given = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "what", "given"], name="consent_once")]


class ErasureRequest(models.Model):
    """A person asked to be forgotten; carried out by `baodao erase`."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="erasure_request"
    )
    asked = models.DateTimeField()
    reason = models.CharField(max_length=20, blank=True, default="")


class AccessLog(models.Model):
    """Append-only by triggers: who (uid, post, organization) read which fields of whom, for what purpose,
    over which subject. `leaf` is the RFC 9162 leaf hash of the canonical row; the seal takes it later. No
    foreign keys: it outlives what it names."""

    at = models.DateTimeField()
    reader = models.CharField(max_length=32, blank=True, default="")
    post = models.CharField(max_length=64, blank=True, default="")
    org = models.CharField(max_length=32, blank=True, default="")
    whom = models.CharField(max_length=32)
    fields = models.CharField(max_length=200)
    purpose = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    nonce = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["whom", "-id"], name="access_log_whom"),
            models.Index(fields=["org", "-id"], name="access_log_org"),
        ]


class SecurityLog(models.Model):
    """Append-only by triggers: sign-ins, exports, changes of rights. `detail` holds codes, never words or
    addresses."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=32, blank=True, default="")
    post = models.CharField(max_length=64, blank=True, default="")
    subject = models.CharField(max_length=80, blank=True, default="")
    detail = models.CharField(max_length=200, blank=True, default="")
    nonce = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="security_log_person")]
