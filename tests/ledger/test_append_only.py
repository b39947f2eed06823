"""Facts and logs only grow; contents may go, never change; and a migration cannot quietly take that away."""

from typing import Any

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from baodao.ledger import triggers
from baodao.ledger.models import Content, Fact
from tests.ledger.noting import act, fresh, note
from tests.support.databases import Databases

GROWING = ("ledger_fact", "people_accesslog", "people_securitylog")


def refused(statement: str) -> bool:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return True


@pytest.fixture
def written(db: Any) -> Fact:
    mark = fresh()
    note(act(), mark=mark, text="一段文字")
    return Fact.objects.get(subject=f"test:{mark}")


@pytest.mark.django_db
def test_facts_cannot_be_changed_or_deleted(written: Fact) -> None:
    assert refused(f"UPDATE ledger_fact SET level = 3 WHERE id = {written.id}")
    assert refused(f"DELETE FROM ledger_fact WHERE id = {written.id}")
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(id=written.id).update(subject="x")


@pytest.mark.django_db
def test_contents_can_be_erased_but_not_changed(written: Fact) -> None:
    assert refused(f"UPDATE ledger_content SET text = 'x' WHERE fact = {written.id}")
    assert Content.objects.filter(fact=written.id).delete()[0] == 1


@pytest.mark.django_db
def test_the_logs_of_looks_and_of_security_only_grow(db: Any) -> None:
    from baodao.people.services.logs import log_security
    from tests.ledger.noting import NOW

    log_security("test.kind", NOW)
    assert refused("UPDATE people_securitylog SET kind = 'x'")
    assert refused("DELETE FROM people_securitylog")


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("table", [*GROWING, "ledger_content"])
def test_truncate_does_not_pass_either(table: str) -> None:
    assert refused(f"TRUNCATE {table}")


@pytest.mark.django_db
def test_every_growing_table_is_guarded() -> None:
    """The list here is the house's; an app that forgets to register its log fails here."""
    assert set(GROWING) <= set(triggers._guarded)
    assert triggers.missing() == []


def test_a_migration_that_copies_the_table_cannot_drop_the_guard(committed_db: Databases) -> None:
    """On SQLite an AlterField makes a new table, without its triggers: the check says so, and migrating mends it."""
    old = Fact._meta.get_field("about")
    new = models.CharField(max_length=50, blank=True, default="")
    new.set_attributes_from_name("about")
    new.model = Fact
    with connection.schema_editor() as editor:
        editor.alter_field(Fact, old, new)
    gone = triggers.missing()
    if connection.vendor == "sqlite":
        assert "guard_ledger_fact_update" in gone
        found = checks.run_checks(databases=["default"])
        assert {f.id for f in found if f.id == "baodao.E010"} == {"baodao.E010"}
    note(act(), mark="m1")
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []
    assert refused("UPDATE ledger_fact SET level = 3")
    assert refused("DELETE FROM ledger_fact")
