"""Buildings of before get their search rows."""

from typing import Any

from django.db import migrations


def fill(apps: Any, editor: Any) -> None:
    """Written anew from the tables, as the verbs write them."""
    from baodao.ledger.naming import columns

    names: dict[str, dict[str, None]] = {}
    compounds = apps.get_model("places", "Compound").objects.order_by("code", "since")
    for code, name in compounds.values_list("code", "name"):
        names.setdefault(code, {})[name] = None
    homes = dict(apps.get_model("places", "Grid").objects.values_list("code", "org"))
    held: dict[str, list[Any]] = {}
    for row in apps.get_model("places", "Building").objects.order_by("code", "since").iterator():
        held.setdefault(row.code, []).append(row)
    docs, rows = apps.get_model("ledger", "SearchDoc").objects, []
    for code, versions in held.items():
        told = [text for row in reversed(versions) for text in (row.name, row.address)]
        told += [
            name
            for one in dict.fromkeys(row.compound for row in reversed(versions))
            for name in names.get(one, ())
        ]
        rows.append(docs.model(**columns("building", code, told, org=homes.get(versions[-1].grid, ""))))
    docs.filter(kind="building").delete()
    docs.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("places", "0004_households"), ("ledger", "0004_narrower_indexes")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
