"""Facts are looked up by their command for a batch only, and its commands now tell where they lie: the index of all commands took 650 bytes a
matter, and every fact paid for it."""

from typing import Any

from django.db import migrations


def tell(apps: Any, editor: Any) -> None:
    """Batches of before, while there is the index."""
    ends = (
        f"{name} = (SELECT {how}(f.id) FROM ledger_fact f WHERE f.command = kernel_command.key)"
        for name, how in (("first", "min"), ("last", "max"))
    )
    editor.execute(f"UPDATE kernel_command SET {', '.join(ends)} WHERE batch <> ''")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_search_pending"), ("kernel", "0003_batches")]
    operations = [
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RemoveIndex("fact", "fact_command"),
    ]
