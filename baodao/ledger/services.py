"""Writes of the ledger itself: take back a batch, erase a person, rebuild the caches."""

import secrets
from collections.abc import Callable
from functools import partial

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext as _

from baodao.kernel import epochs
from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Missing
from baodao.kernel.verbs import Tx, verb

from .caches import caches
from .erasure import erasers
from .facts import Erased, TakenBack, Voided
from .selectors import facts_of_batch, in_force

# Apps that keep projections of facts hear which subjects changed by a void: (tx, subjects) queue their new rows.
_void_listeners: list[Callable[[Tx, list[str]], None]] = []


def on_void(listener: Callable[[Tx, list[str]], None]) -> None:
    """Register a listener that re-projects subjects whose facts were voided in this Tx."""
    _void_listeners.append(listener)


class Taken(msgspec.Struct):
    """How many facts of how many subjects were voided."""

    facts: int
    subjects: int


@verb("ledger.takeback")
def takeback(tx: Tx, by: Act, *, batch: str) -> Taken:
    """Void every effective fact of an import batch. The commands keep their keys, but a new import may use the rows again (their keys
    carry the number of takebacks). Missing when no such batch left anything in force."""
    facts = in_force(facts_of_batch(batch))
    # The right over everything that the batch brought; nobody learns of a batch that is not theirs.
    for org in sorted({fact.org for fact in facts} or {""}):
        tx.ask("ledger.takeback", Subject(ref=f"batch:{batch}", org=org, level=1 if org else 0))
    if not facts:
        raise Missing.of("batch", _("没有这一批，或者它已经撤回"), _("用导入时显示的批号再试"))
    for fact in facts:
        tx.fact(
            Voided(reason="takeback"),
            subject=fact.subject,
            about=fact.about,
            org=fact.org,
            level=fact.level,
            voids=fact.id,
        )
    subjects = sorted({fact.subject for fact in facts})
    for listener in _void_listeners:
        listener(tx, subjects)
    tx.fact(TakenBack(batch=batch, facts=len(facts)), subject=f"batch:{batch}"[:80])
    return Taken(facts=len(facts), subjects=len(subjects))


@verb("ledger.erase")
def erase(tx: Tx, by: Act, *, person: str) -> dict[str, int]:
    """Erase a person (PIPL art. 47): every eraser of the list, in one transaction; files go after commit by their own eraser."""
    tx.ask("people.erase", Subject(ref=f"person:{person}", persons=(person,)))
    subjects = sorted({s for eraser in erasers() if eraser.subjects for s in eraser.subjects(person)})
    counts = {eraser.name: eraser.erase(person, subjects) for eraser in erasers()}
    tx.fact(Erased(rows=counts), subject=f"erased:{secrets.token_hex(8)}")
    return counts


def checkpoint(tables: tuple[str, ...] = ("ledger_content", "ledger_searchdoc")) -> None:
    """Let no erased byte stay in the database's files. SQLite: merge the full-text index, so that deleted words leave it (`secure_delete`
    zeroes the pages), and truncate the write-ahead log. PostgreSQL: rewrite the erasable tables; its own log and backups age out as
    docs/operations.md says."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO ledger_search_fts (ledger_search_fts) VALUES ('optimize')")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in tables:
            cursor.execute(f'VACUUM FULL "{table}"')
        cursor.execute("VACUUM")


def rebuild(progress: Callable[[str, int, int], None] = lambda name, done, total: None) -> list[str]:
    """Drop every cache and fill it again from the truth, in one transaction each. Gives the names in order."""
    names = []
    for cache in caches():
        with transaction.atomic():
            with connection.cursor() as cursor:
                for table in cache.tables:
                    where, values = (
                        (f' WHERE "{table.only[0]}" = %s', [table.only[1]]) if table.only else ("", [])
                    )
                    cursor.execute(f'DELETE FROM "{table.model._meta.db_table}"{where}', values)
            cache.rebuild(partial(progress, cache.name))
        names.append(cache.name)
    epochs.forget()
    return names
