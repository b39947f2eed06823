"""The second index that Django makes of a textual key serves searches by its beginning, which nobody asks of commands."""

from typing import Any

from django.db import migrations


def drop(apps: Any, editor: Any) -> None:
    """PostgreSQL only: the other database has none."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS kernel_command_key_ce69ca1d_like")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [
        migrations.RunPython(drop, migrations.RunPython.noop),
    ]
