"""The second index that Django makes of a textual key serves searches by its beginning, which nobody asks of matters."""

from typing import Any

from django.db import migrations


def drop(apps: Any, editor: Any) -> None:
    """PostgreSQL only: the other database has none."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS matters_matter_number_aa9bedcb_like")


class Migration(migrations.Migration):
    dependencies = [("matters", "0011_readers")]
    operations = [
        migrations.RunPython(drop, migrations.RunPython.noop),
    ]
