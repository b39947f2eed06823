"""Tables of the ledger: facts, contents, readers, parked facts, search rows."""

from django.db import models


class Fact(models.Model):
    """One typed, append-only statement. No foreign keys, no organization paths, no floats. `id` order is commit order."""

    id = models.BigAutoField(primary_key=True)
    command = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    v = models.SmallIntegerField()
    happened = models.DateTimeField()
    precision = models.CharField(max_length=6)
    noted = models.DateTimeField()
    origin = models.CharField(max_length=9)
    level = models.SmallIntegerField()
    subject = models.CharField(max_length=80)
    about = models.CharField(max_length=40, blank=True, default="")
    org = models.CharField(max_length=32, blank=True, default="")
    place = models.CharField(max_length=40, blank=True, default="")
    person = models.CharField(max_length=32, blank=True, default="")
    post = models.CharField(max_length=64, blank=True, default="")
    value = models.BigIntegerField(null=True)
    data = models.TextField()
    commitments = models.TextField(blank=True, default="")
    supersedes = models.BigIntegerField(null=True)
    voids = models.BigIntegerField(null=True)
    nonce = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            # Without the id: equal keys are kept once, a tenth of the size; what is read by them is sorted.
            models.Index(fields=["subject"], name="fact_by_subject"),
            models.Index(fields=["kind"], name="fact_by_kind"),
            models.Index(
                fields=["supersedes"], name="fact_supersedes", condition=models.Q(supersedes__isnull=False)
            ),
            models.Index(fields=["voids"], name="fact_voids", condition=models.Q(voids__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__gte=0, level__lte=3), name="fact_level"),
            models.CheckConstraint(
                condition=models.Q(precision__in=["second", "day"]), name="fact_precision"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=["live", "import", "paper", "simulated"]), name="fact_origin"
            ),
        ]


class Content(models.Model):
    """A text of a fact: erasable, never updated. The fact keeps SHA-256(salt ‖ text) per slot."""

    pk = models.CompositePrimaryKey("fact", "slot")
    fact = models.BigIntegerField()
    slot = models.CharField(max_length=40)
    text = models.TextField()
    salt = models.BinaryField(max_length=16)


class Cursor(models.Model):
    """How far a reader has read. `failures` and `retry_at` are its back-off."""

    reader = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=40, blank=True, default="")
    lease_until = models.DateTimeField(null=True)


class Parked(models.Model):
    """A fact that a reader could not handle: put aside with the error's class, so that the others go on."""

    reader = models.CharField(max_length=40)
    fact = models.BigIntegerField()
    error = models.CharField(max_length=200)
    attempts = models.IntegerField()
    parked = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "fact"], name="parked_once")]


class SearchDoc(models.Model):
    """One searchable text per subject and level, written in the command. `words` are bigram tokens of kernel.text; `shown` the text
    that hits are re-checked against; `scopes` marks of the state and of all organizations that have to do with it (`search.marks`).
    Level ≥ 2 subjects have no row here. What is found by its name (`naming`: buildings) has rows of its kind, with neither state nor marks."""

    # An integer key of its own: SQLite's full-text index refers to rows by number, and implicit numbers change in a VACUUM.
    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    level = models.SmallIntegerField()
    scope = models.CharField(max_length=32)
    state = models.CharField(max_length=10)
    sort = models.BigIntegerField()
    words = models.TextField()
    scopes = models.TextField(default="", db_default="")
    shown = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-sort", "subject"], name="search_order"),
            models.Index(fields=["kind", "state", "-sort", "subject"], name="search_state"),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(level__lte=1), name="search_level")]
