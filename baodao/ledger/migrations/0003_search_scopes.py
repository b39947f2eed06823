"""Search rows say which organizations have to do with them, and are walked in their order: one index of words over both columns."""

from typing import Any

from django.db import migrations, models

VECTOR = "array_to_tsvector(string_to_array(btrim(words || ' ' || scopes), ' '))"
POSTGRES = [
    "DROP INDEX IF EXISTS search_tokens",
    # Held twice: the index of the expression is enough.
    "ALTER TABLE ledger_searchdoc DROP COLUMN tokens",
    f"CREATE INDEX search_tokens ON ledger_searchdoc USING gin ({VECTOR})",
]
_OLD = "INSERT INTO ledger_search_fts (ledger_search_fts, rowid, words, scopes) VALUES ('delete', old.id, old.words, old.scopes)"
_NEW = "INSERT INTO ledger_search_fts (rowid, words, scopes) VALUES (new.id, new.words, new.scopes)"
SQLITE = [
    *(f"DROP TRIGGER IF EXISTS search_fts_{event}" for event in ("insert", "delete", "update")),
    "DROP TABLE ledger_search_fts",
    "CREATE VIRTUAL TABLE ledger_search_fts USING fts5(words, scopes, content='ledger_searchdoc', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', detail='none', columnsize=0)",
    f"CREATE TRIGGER search_fts_insert AFTER INSERT ON ledger_searchdoc BEGIN {_NEW}; END",
    f"CREATE TRIGGER search_fts_delete AFTER DELETE ON ledger_searchdoc BEGIN {_OLD}; END",
    f"CREATE TRIGGER search_fts_update AFTER UPDATE ON ledger_searchdoc BEGIN {_OLD}; {_NEW}; END",
    "INSERT INTO ledger_search_fts (ledger_search_fts) VALUES ('rebuild')",
]


def create(apps: Any, editor: Any) -> None:
    """Per vendor."""
    for sql in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_search_index")]
    operations = [
        migrations.RemoveIndex("searchdoc", "search_scope"),
        migrations.AddField("searchdoc", "scopes", models.TextField(default="", db_default="")),
        migrations.AddIndex(
            "searchdoc", models.Index(fields=["kind", "-sort", "subject"], name="search_order")
        ),
        migrations.AddIndex(
            "searchdoc", models.Index(fields=["kind", "state", "-sort", "subject"], name="search_state")
        ),
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
