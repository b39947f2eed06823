"""Texts are known by fact and slot alone: a number of their own with its index took 200 bytes a matter, and nobody asked by it.

Django writes a composite key only with a new table, so that the table is changed here by hand; the guards of the table are made again
after each migration (`ledger.triggers`).
"""

from typing import Any

from django.db import migrations, models

POSTGRES = (
    "ALTER TABLE ledger_content DROP CONSTRAINT content_once, DROP CONSTRAINT ledger_content_pkey, DROP COLUMN id, "
    "ADD CONSTRAINT ledger_content_pkey PRIMARY KEY (fact, slot)",
)
SQLITE = (
    'CREATE TABLE "ledger_content_new" ("fact" bigint NOT NULL, "slot" varchar(40) NOT NULL, "text" text NOT NULL, '
    '"salt" BLOB NOT NULL, PRIMARY KEY ("fact", "slot"))',
    'INSERT INTO "ledger_content_new" SELECT "fact", "slot", "text", "salt" FROM "ledger_content"',
    'DROP TABLE "ledger_content"',
    'ALTER TABLE "ledger_content_new" RENAME TO "ledger_content"',
)


def change(apps: Any, editor: Any) -> None:
    """The table as the state below says."""
    for statement in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_no_index_of_commands")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(change)],
            [
                migrations.RemoveConstraint("content", "content_once"),
                migrations.RemoveField("content", "id"),
                migrations.AddField(
                    "content",
                    "pk",
                    models.CompositePrimaryKey(
                        "fact", "slot", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        )
    ]
