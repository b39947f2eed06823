"""The full-text index beside `search_doc`: FTS5 with triggers on SQLite, a stored tsvector with GIN on PostgreSQL."""

from typing import Any

from django.db import migrations

POSTGRES = [
    "ALTER TABLE ledger_searchdoc ADD COLUMN tokens tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    "CREATE INDEX search_tokens ON ledger_searchdoc USING gin (tokens)",
]
SQLITE = [
    "CREATE VIRTUAL TABLE ledger_search_fts USING fts5(words, content='ledger_searchdoc', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', detail='none', columnsize=0)",
    "CREATE TRIGGER search_fts_insert AFTER INSERT ON ledger_searchdoc BEGIN "
    "INSERT INTO ledger_search_fts (rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_fts_delete AFTER DELETE ON ledger_searchdoc BEGIN "
    "INSERT INTO ledger_search_fts (ledger_search_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_fts_update AFTER UPDATE ON ledger_searchdoc BEGIN "
    "INSERT INTO ledger_search_fts (ledger_search_fts, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO ledger_search_fts (rowid, words) VALUES (new.id, new.words); END",
]


def create(apps: Any, editor: Any) -> None:
    """Per vendor."""
    for sql in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
