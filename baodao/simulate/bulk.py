"""What readers would do one fact at a time, for tens of thousands of simulated facts at once."""

from django.db import connection, transaction

from baodao.ledger.caches import Cache, caches
from baodao.ledger.models import Cursor
from baodao.ledger.readers import Reader, readers, run_once
from baodao.ledger.selectors import position


def pass_by() -> None:
    """Let the readers that fill no cache go on to the end: they pass simulated facts by, and tell of live ones."""
    known = _caches()
    for reader in readers():
        while reader.name not in known and run_once(reader):
            pass


def catch_up(only: str = "") -> None:
    """Bring every reader to the end, or the one of this name. What one fills is computed anew at once, which gives the same rows."""
    if not only:
        pass_by()
    known = _caches()
    for reader in readers():
        if reader.name in known and only in ("", reader.name):
            _fill(reader, known[reader.name])


def _caches() -> dict[str, Cache]:
    return {cache.name: cache for cache in caches()}


@transaction.atomic
def _fill(reader: Reader, cache: Cache) -> None:
    Cursor.objects.get_or_create(reader=reader.name)
    Cursor.objects.filter(reader=reader.name).update(position=position(), failures=0, retry_at=None)
    with connection.cursor() as cursor:
        for table in cache.tables:
            cursor.execute(f'DELETE FROM "{table.model._meta.db_table}"')  # a table of ours
    cache.rebuild(lambda done, total: None)
