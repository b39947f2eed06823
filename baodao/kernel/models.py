"""Tables of the kernel: commands, counters and epochs; calendar editions, evidence and jobs."""

from django.db import models


class Command(models.Model):
    """One row per idempotency key. `body` is a keyed digest of verb and arguments; `result` the JSON bytes
    given back to a repeat. Of a batch, `first` and `last` tell between which numbers its facts lie: only those are looked up by their command."""

    key = models.CharField(max_length=200, primary_key=True)
    verb = models.CharField(max_length=60)
    body = models.BinaryField(max_length=32)
    result = models.BinaryField()
    batch = models.CharField(max_length=120, blank=True, default="")
    noted = models.DateTimeField()
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "key"], name="command_batch", condition=~models.Q(batch=""))]


class Counter(models.Model):
    """The next numbers that people read out: one row per series, e.g. `FL-2026`."""

    series = models.CharField(max_length=60, primary_key=True)
    n = models.BigIntegerField()


class Epoch(models.Model):
    """How often each kind of configuration changed; in-memory caches are keyed by it."""

    name = models.CharField(max_length=40, primary_key=True)
    n = models.BigIntegerField()


class CalendarEdition(models.Model):
    """A published work calendar. Days from `provisional_from` on are Monday to Friday by guess and shown as
    暂定."""

    code = models.CharField(max_length=40, primary_key=True)
    published = models.DateField()
    provisional_from = models.DateField()
    source = models.CharField(max_length=200)


class CalendarDay(models.Model):
    """A day that differs from the Monday-to-Friday rule."""

    KINDS = [("holiday", "holiday"), ("makeup", "makeup")]

    edition = models.ForeignKey(CalendarEdition, on_delete=models.CASCADE)
    date = models.DateField()
    kind = models.CharField(max_length=8, choices=KINDS)
    name = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "date"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["holiday", "makeup"]), name="calendar_day_kind"
            ),
        ]


class Evidence(models.Model):
    """A stored file by the SHA-256 of its stripped bytes. It has no address of its own: what shows it asks
    the holder's rule."""

    hash = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    created = models.DateTimeField()


class Job(models.Model):
    """A long piece of work with progress; taken by one worker at a time by compare-and-set on `state` and
    `heartbeat`."""

    STATES = [(s, s) for s in ("waiting", "running", "done", "failed", "cancelled")]

    id = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True, default="")
    params = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    cancel_asked = models.BooleanField(default=False)
    owner = models.CharField(max_length=32, blank=True, default="")
    created = models.DateTimeField()
    started = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created"], name="job_waiting")]
