"""Jobs: long work with progress and cancel, taken by one worker at a time.

    @job("requests.import", idempotent=True)                    # in an app's jobs.py
    def run(running: Running, args: dict[str, Any]) -> dict[str, Any]:
        for n, row in enumerate(rows): running.progress(n, len(rows)); …

    start("requests.import", {"file": digest}, by=act)          # a page, after it has asked the right

A job runs outside any transaction and writes through verbs, each with its own command key, so what is done
stays done when it is cancelled or killed. Two workers never run one job at once: it is taken, and each
heartbeat is written, by compare-and-set. A worker that goes on after its job was taken from it learns so at
its next `progress`.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import override

from .act import Act
from .beats import register_beat
from .declare.report import BadPack
from .errors import Conflict, KeyReused, Missing, Problem
from .models import Job
from .verbs import Tx

log = logging.getLogger("baodao.jobs")

#: A running job without heartbeat for so long has lost its worker.
STALE = timedelta(minutes=5)
#: So often is an idempotent job begun before its worker's deaths are taken to be its fault.
TRIES = 3
#: So long lie uploads that were never sent, and finished jobs.
LOOSE, KEPT = timedelta(days=7), timedelta(days=30)
#: Heartbeats are written at most this often, in seconds.
EVERY = 1.0

Run = Callable[["Running", dict[str, Any]], dict[str, Any] | None]


class Cancelled(Exception):
    """Raised by `progress` after somebody asked to cancel; a job may tidy up and must let it pass."""


class Lost(Exception):
    """Raised by `progress` when another worker has taken the job: stop at once, write nothing more."""


class Kind(msgspec.Struct, frozen=True):
    """A registered kind of job. `idempotent`: safe to begin anew after a killed worker; `patience`: so long
    may it be silent before its worker is taken to be dead."""

    name: str
    run: Run
    idempotent: bool
    patience: timedelta


_kinds: dict[str, Kind] = {}


def job(name: str, *, idempotent: bool = False, patience: timedelta = STALE) -> Callable[[Run], Run]:
    """Register a function as a kind of job."""

    def decorate(run: Run) -> Run:
        _kinds[name] = Kind(name, run, idempotent, patience)
        return run

    return decorate


@cache
def _discover() -> None:
    # Only where jobs run or start: their modules may be heavy.
    autodiscover_modules("jobs")


class _Stored(msgspec.Struct, frozen=True):
    """What a row's `params` hold."""

    by: Act
    args: dict[str, Any]
    tries: int = 0


class Running:
    """A job at work: who started it, and its checkpoints."""

    def __init__(self, row: Job, by: Act, heartbeat: datetime) -> None:
        self.id = row.id
        self.by = by
        self._heartbeat = heartbeat
        self._last = 0.0

    def progress(self, done: int, total: int = 0, message: str = "", *, force: bool = False) -> None:
        """A checkpoint; call it often, it writes at most once a second. Raises Cancelled or Lost. Not inside
        a transaction: nobody would see it."""
        if not force and time.monotonic() - self._last < EVERY:
            return
        self._last = time.monotonic()
        columns = {"done": done, "total": max(total, done), "message": message[:300]}
        if self._write(cancel_asked=False, columns=columns):
            return
        row = Job.objects.filter(id=self.id, state="running", heartbeat=self._heartbeat).first()
        if row is None:
            raise Lost
        raise Cancelled

    def finish(self, state: str, now: datetime, **columns: Any) -> bool:
        """Write the end, if the job is still this worker's."""
        return self._write(columns={"state": state, "finished": now, **columns})

    def _write(self, columns: dict[str, Any], **match: Any) -> bool:
        # Strictly later than the last one, so that the value names its writer.
        beat = max(timezone.now(), self._heartbeat + timedelta(microseconds=1))
        held = Job.objects.filter(id=self.id, state="running", heartbeat=self._heartbeat, **match)
        if not held.update(heartbeat=beat, **columns):
            return False
        self._heartbeat = beat
        return True


def start(kind: str, args: dict[str, Any], by: Act) -> Job:
    """Queue a job for the worker. The same command key gives the same job; with other arguments it raises
    KeyReused. `args` are JSON and hold codes and digests, no personal data; the right was asked before."""
    row = Job(**_columns(by.command, kind, args, by))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        held = Job.objects.filter(id=row.id).first()
        if held is None:
            raise
        if held.kind != kind or held.params["args"] != row.params["args"]:
            raise KeyReused.of(
                "command", _("同一个提交编号，内容却不一样"), _("请刷新页面，核对后重新提交")
            ) from None
        return held
    return row


def start_in(tx: Tx, kind: str, args: dict[str, Any]) -> None:
    """Queue a job together with what a verb writes: it is there if and only if the command is."""
    tx.insert(Job, **_columns(f"{tx.by.command}/{kind}", kind, args, tx.by))


def _columns(key: str, kind: str, args: dict[str, Any], by: Act) -> dict[str, Any]:
    _discover()
    if kind not in _kinds:
        raise KeyError(f"no job {kind}; there are: {', '.join(sorted(_kinds))}")
    return {
        "id": hashlib.sha256(key.encode()).hexdigest()[:32],
        "kind": kind,
        "state": "waiting",
        "total": 0,
        "done": 0,
        "message": "",
        "params": msgspec.to_builtins(_Stored(by, args)),
        "cancel_asked": False,
        "owner": by.person,
        "created": by.noted,
    }


def job_of(job_id: str, owner: str) -> Job:
    """A person's own job; Missing for everybody else."""
    row = Job.objects.filter(id=job_id, owner=owner).first() if owner else None
    if row is None:
        raise Missing.of("job", _("没有这项工作，或不是您发起的"))
    return row


def jobs_of(owner: str, kind: str = "", limit: int = 20) -> list[Job]:
    """A person's latest jobs, newest first."""
    rows = Job.objects.filter(owner=owner, **({"kind": kind} if kind else {}))
    return list(rows.order_by("-created", "id")[:limit])


def args_of(row: Job) -> dict[str, Any]:
    """The arguments that a job was started with."""
    args: dict[str, Any] = row.params["args"]
    return args


def cancel(job_id: str, owner: str, now: datetime) -> Job:
    """Ask to stop: at once while it waits, else at its next checkpoint. Conflict when it is over."""
    row = job_of(job_id, owner)
    jobs = Job.objects.filter(id=job_id)
    stopped = jobs.filter(state="waiting").update(state="cancelled", cancel_asked=True, finished=now)
    if not stopped and not jobs.filter(state="running").update(cancel_asked=True):
        raise Conflict.of("job", _("这项工作已经结束了"))
    row.refresh_from_db()
    return row


def forget_jobs(owner: str = "", before: datetime | None = None) -> int:
    """Delete finished jobs of a person (erasure) or of all that ended before a moment. Gives how many."""
    rows = Job.objects.filter(state__in=["done", "failed", "cancelled"])
    if owner:
        rows = rows.filter(owner=owner)
    if before is not None:
        rows = rows.filter(finished__lt=before)
    if not owner and before is None:
        raise ValueError("say whose jobs, or how old")
    return rows.delete()[0]


def run_due(now: datetime) -> int:
    """The worker's beat: settle jobs whose worker died, then run the oldest waiting one. Gives 1 if one was
    run."""
    _discover()
    _settle_stale(now)
    for row in Job.objects.filter(state="waiting", kind__in=list(_kinds)).order_by("created", "id")[:20]:
        if Job.objects.filter(id=row.id, state="waiting").update(state="running", started=now, heartbeat=now):
            _run(row, now)
            return 1
    return 0


def _settle_stale(now: datetime) -> None:
    for row in Job.objects.filter(state="running", heartbeat__lt=now - STALE):
        kind = _kinds.get(row.kind)
        if kind is not None and row.heartbeat is not None and row.heartbeat >= now - kind.patience:
            continue
        mine = Job.objects.filter(id=row.id, state="running", heartbeat=row.heartbeat)
        tries = row.params.get("tries", 0) + 1
        if row.cancel_asked:
            mine.update(state="cancelled", finished=now)
        elif kind is not None and kind.idempotent and tries < TRIES:
            mine.update(state="waiting", params={**row.params, "tries": tries})
        elif kind is not None:
            message = _("办理它的进程中断了，已经办好的部分保留，请核对后再来一次")
            mine.update(state="failed", finished=now, message=message)


def _run(row: Job, now: datetime) -> None:
    stored = msgspec.convert(row.params, _Stored)
    running = Running(row, stored.by, now)
    with override(stored.by.lang):
        try:
            result = _kinds[row.kind].run(running, stored.args)
        except Cancelled:
            running.finish("cancelled", timezone.now())
        except Lost:
            log.warning("job %s was taken by another worker", row.id)
        except (Problem, BadPack) as problem:
            faults = [msgspec.to_builtins(fault) for fault in problem.faults]
            running.finish(
                "failed", timezone.now(), message=problem.as_text()[:300], result={"faults": faults}
            )
        except Exception as error:
            # The class only: a message could carry personal data into logs.
            log.error("job %s (%s) failed: %s", row.id, row.kind, type(error).__name__)
            message = _("出了程序错误，已经办好的部分保留：%(error)s") % {"error": type(error).__name__}
            running.finish("failed", timezone.now(), message=message)
        else:
            running.finish("done", timezone.now(), result=result)


def tidy(now: datetime) -> int:
    """The worker's hourly beat: files that nobody ever came to hold, sheets that jobs wrote, and what finished jobs said
    long ago."""
    from . import exports
    from .evidence import sweep

    return sweep(now - LOOSE) + exports.sweep(now) + forget_jobs(before=now - KEPT)


register_beat("kernel.jobs", run_due, every=1.0)
register_beat("kernel.tidy", tidy, every=3600.0)
