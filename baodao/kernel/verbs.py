"""Verbs: the only way to write. A verb opens the transaction, resolves the command, asks the policy with the
loaded subject and flushes facts, texts and rows together as its last act.

    @verb("matter.act")
    def act(tx: Tx, by: Act, *, number: str) -> Moved: ...

    act(by, number="FL-2026-000123")        # same key and body: the first result; same key, other body:
    KeyReused (422)
"""

import hashlib
import hmac
import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, get_type_hints

import msgspec
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from . import epochs
from .act import Act, Precision, Subject
from .errors import Busy, Conflict, Invalid, KeyReused, Problem, Refused
from .lean import lean
from .turns import turn

P = ParamSpec("P")
R = TypeVar("R")


class Pending(msgspec.Struct):
    """A fact on its way. `id` is set by the flush."""

    data: msgspec.Struct
    subject: str
    about: str = ""
    org: str = ""
    place: str = ""
    person: str = ""
    post: str = ""
    level: int = 0
    value: int | None = None
    texts: Mapping[str, str] = msgspec.field(default_factory=dict)
    happened: datetime | None = None
    precision: Precision | None = None
    system: bool = False
    supersedes: int | None = None
    voids: int | None = None
    command: str = ""
    id: int = 0


class Row(msgspec.Struct):
    """A queued write of one table: operation insert, upsert (on `key`) or delete (columns = the filter)."""

    op: str
    model: type[models.Model]
    columns: dict[str, Any]
    key: tuple[str, ...] = ()


class Policy(Protocol):
    """Answers "may I, on this one"."""

    def __call__(self, by: Act, right: str, subject: Subject) -> bool: ...


class Flush(Protocol):
    """Writes a Tx: filled by the ledger."""

    def __call__(self, tx: "Tx", commands: list[dict[str, Any]]) -> None: ...


def _deny(by: Act, right: str, subject: Subject) -> bool:
    return False


class NeedsSecond(Exception):
    """Raised while a verb asks a right that needs a second person: nothing is written, and the act waits (`set_second`)."""

    def __init__(self, right: str, subject: Subject) -> None:
        super().__init__(right)
        self.right, self.subject = right, subject


class Second(Protocol):
    """The port for acts that need a second person: `ask` raises NeedsSecond (or Refused for a second who may not), `hold` keeps
    the act until somebody agrees and raises what its author reads."""

    def ask(self, tx: "Tx", right: str, subject: Subject) -> None: ...

    def hold(self, by: Act, name: str, body: bytes, wait: NeedsSecond) -> Problem: ...


_policy: Policy = _deny
_flush: Flush | None = None
_second: Second | None = None
_closings: list[Callable[["Tx"], None]] = []
#: Every verb by module and name: an act that waited is done by the same function later.
VERBS: dict[str, Callable[..., Any]] = {}
VERB_NAMES: dict[str, str] = {}
_active: ContextVar[bool] = ContextVar("baodao_verb_active", default=False)
_did: ContextVar[list[str] | None] = ContextVar("baodao_verbs_done", default=None)


def set_policy(policy: Policy) -> None:
    """orgs fills this port at start."""
    global _policy
    _policy = policy


def set_flush(flush: Flush) -> None:
    """ledger fills this port at start."""
    global _flush
    _flush = flush


def set_second(second: Second) -> None:
    """orgs fills this port at start."""
    global _second
    _second = second


def watch() -> list[str]:
    """A list that takes the name of each verb that succeeds from here on in this request: who answers it can say that something
    was done."""
    done: list[str] = []
    _did.set(done)
    return done


def register_closing(do: Callable[["Tx"], None]) -> None:
    """Called with each Tx before it is flushed: may queue more facts (who acted for whom)."""
    _closings.append(do)


def allowed(by: Act, right: str, subject: Subject) -> bool:
    """The same question outside a verb: pages use it to show only what can be done."""
    return _policy(by, right, subject)


class Tx:
    """What one command will write: facts, rows, further command keys. Handed to the verb's function as first
    argument."""

    def __init__(self, by: Act, name: str) -> None:
        self.by = by
        self.name = name
        self.asked = False
        self.facts: list[Pending] = []
        self.rows: list[Row] = []
        self.commands: list[dict[str, Any]] = []
        self.bumped: set[str] = set()

    def ask(self, right: str, subject: Subject) -> None:
        """Raise Refused unless the policy says yes. A verb that never asks fails at flush: denied by
        default."""
        self.asked = True
        if not _policy(self.by, right, subject):
            raise Refused.of(
                "", _("这件事不在您的职责范围内"), _("请由有权限的岗位办理，或请上级授权"), right=right
            )
        if _second is not None:
            _second.ask(self, right, subject)

    def fact(self, data: msgspec.Struct, *, subject: str, **columns: Any) -> Pending:
        """Queue a fact of a registered kind. Columns: about, org, place, person (token), post, level, value,
        texts, happened, precision, system, supersedes, voids, command."""
        pending = Pending(data=data, subject=subject, **columns)
        self.facts.append(pending)
        return pending

    def insert(self, model: type[models.Model], **columns: Any) -> None:
        """Queue a row; column names are field attnames."""
        self.rows.append(Row("insert", model, columns))

    def upsert(self, model: type[models.Model], key: tuple[str, ...], **columns: Any) -> None:
        """Queue a row that replaces the one with the same unique `key`."""
        self.rows.append(Row("upsert", model, columns, key))

    def delete(self, model: type[models.Model], **match: Any) -> None:
        """Queue the deletion of rows equal in all named columns; a list value means "in"."""
        self.rows.append(Row("delete", model, match))

    def number(self, series: str, count: int = 1) -> int:
        """Take the next `count` numbers of a series and give the first. Holds the counter's row until
        commit."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_counter (series, n) VALUES (%s, %s) "
                "ON CONFLICT (series) DO UPDATE SET n = kernel_counter.n + excluded.n RETURNING n",
                [series, count],
            )
            return int(cursor.fetchone()[0]) - count + 1

    def command_row(self, key: str, result: Any, body: bytes = b"") -> None:
        """Record one more key of a list command (an imported row), so that the same row again adds
        nothing."""
        self.commands.append(self._command(key, body, msgspec.json.encode(lean(result))))

    def bump(self, name: str) -> None:
        """Say that configuration `name` changes: in-memory caches of it are reloaded everywhere after
        commit."""
        self.bumped.add(name)

    def after_commit(self, do: Callable[[], Any]) -> None:
        """Run when everything is safely written (wake a reader); never for effects that must not be lost:
        those are readers."""
        transaction.on_commit(do)

    def _command(self, key: str, body: bytes, result: bytes) -> dict[str, Any]:
        return {
            "key": key,
            "verb": self.name,
            "body": body,
            "result": result,
            "batch": self.by.batch,
            "noted": self.by.noted,
        }

    def close(self, body: bytes, result: bytes) -> None:
        """Flush everything as the last statements of the transaction."""
        if not self.asked:
            raise RuntimeError(f"verb {self.name} wrote without asking the policy")
        if _flush is None:
            raise RuntimeError("no ledger: the flush port is empty")
        for do in _closings:
            do(self)
        with connection.cursor() as cursor:
            for name in sorted(self.bumped):
                cursor.execute(
                    "INSERT INTO kernel_epoch (name, n) VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET n = kernel_epoch.n + 1",
                    [name],
                )
        _flush(self, [self._command(self.by.command, body, result), *self.commands])


def body_digest(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """HMAC-SHA-256 of verb and arguments in sorted JSON; the Act is not part: a repeat comes later and may
    come by another way. Keyed, since arguments may hold a phone number, and the plain hash of one is found by
    trying them all. The left half of it: RFC 2104, 5, and one is kept for each command."""
    whole = hmac.digest(
        settings.SECRET_KEY.encode(),
        msgspec.json.encode([name, args, kwargs], order="sorted"),
        hashlib.sha256,
    )
    return whole[: len(whole) // 2]


def prior_of(key: str) -> tuple[bytes, bytes] | None:
    """(body, result) of the command with this key, or None. Reads the epochs in the same statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {epochs.aggregate_sql()}, c.body, c.result FROM (SELECT 1) one LEFT JOIN kernel_command c ON c.key = %s",
            [key],
        )
        text, body, result = cursor.fetchone()
    epochs.note(text)
    return None if body is None else (bytes(body), bytes(result))


def lock(number: int) -> None:
    """Inside a verb: nobody else with this number until commit (PostgreSQL; on SQLite the command holds the write
    lock)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def verb(name: str) -> Callable[[Callable[Concatenate[Tx, Act, P], R]], Callable[Concatenate[Act, P], R]]:
    """Make a function a verb. Errors: Refused, KeyReused, Busy (database locked or gone: nothing was
    written), and the function's own."""

    def decorate(do: Callable[Concatenate[Tx, Act, P], R]) -> Callable[Concatenate[Act, P], R]:
        @wraps(do)
        def call(by: Act, *args: P.args, **kwargs: P.kwargs) -> R:
            if not 1 <= len(by.command) <= 200:
                raise Invalid.of("command", _("提交编号要有 1 到 200 个字符"), _("请刷新页面后再提交"))
            if _active.get():
                raise RuntimeError(f"verb {name} inside another verb: share a function of services instead")
            token = _active.set(True)
            try:
                result = _run(do, name, by, args, kwargs)
                if (done := _did.get()) is not None:
                    done.append(name)
                return result
            except NeedsSecond as found:
                wait = found
            finally:
                _active.reset(token)
            assert _second is not None
            raise _second.hold(by, key, msgspec.json.encode([args, kwargs]), wait)

        key = f"{do.__module__}:{do.__name__}"
        VERBS[key], VERB_NAMES[key] = do, name
        call.verb_name = name  # type: ignore[attr-defined]
        call.verb_key = key  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return decorate


def rerun(by: Act, key: str, body: bytes) -> Any:
    """Do an act that waited, with the arguments as they were given. Raises as the verb does, KeyError when it is no more."""
    do = VERBS[key]
    hints = get_type_hints(do)
    names = list(inspect.signature(do).parameters)[2:]
    args, kwargs = msgspec.json.decode(body)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    typed = {
        name: msgspec.convert(value, hints.get(name, Any), strict=False) for name, value in given.items()
    }
    return verb(VERB_NAMES[key])(do)(by, **typed)


def _run(do: Callable[..., R], name: str, by: Act, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
    body = body_digest(name, args, kwargs)
    for attempt in (1, 2, 3):
        try:
            with turn(), transaction.atomic():
                prior = prior_of(by.command)
                if prior is not None:
                    return _replay(do, prior, body)
                tx = Tx(by, name)
                result = do(tx, by, *args, **kwargs)
                tx.close(body, msgspec.json.encode(lean(result)))
            if tx.bumped:
                epochs.refresh(0)
            return result
        except IntegrityError:
            # Two at once with the same key, or for the same new thing (a person's first token): the loser
            # finds the winner's row in its next round. A rule of the database stays broken, and is told.
            if attempt == 3 or connection.in_atomic_block:
                raise
        except (OperationalError, InterfaceError) as error:
            if attempt == 3 or connection.in_atomic_block or not _is_deadlock(error):
                raise Busy.of(
                    "", _("数据库暂时写不进去"), _("请稍后用同一页面再提交一次，不会重复")
                ) from error
    raise AssertionError("unreachable")


def _is_deadlock(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in {"40001", "40P01"}


def _replay(do: Callable[..., R], prior: tuple[bytes, bytes], body: bytes) -> R:
    if not prior[1]:
        raise Conflict.of(
            "command", _("这一次提交早就办过了，当时的回执已经不留"), _("请刷新页面，看现在是什么样子")
        )
    # Commands of before kept the whole.
    if prior[0][: len(body)] != body:
        raise KeyReused.of("command", _("同一个提交编号，内容却不一样"), _("请刷新页面，核对后重新提交"))
    kind = get_type_hints(do).get("return", Any)
    answer: R = msgspec.json.decode(prior[1], type=kind)
    return answer
