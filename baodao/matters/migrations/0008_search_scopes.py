"""Search rows of matters are marked with the organizations that look after them or were called (`ledger.search.marks`)."""

import re
from typing import Any

from django.db import migrations, models

CHUNK = 2000


def _mark(org: str) -> str:
    return "\ue000" + re.sub(r"[^0-9a-z]", "\ue001", org.lower())


def fill(apps: Any, editor: Any) -> None:
    """In chunks by id: a row that is marked already keeps its marks."""
    docs, legs = apps.get_model("ledger", "SearchDoc").objects, apps.get_model("matters", "Leg").objects
    last = 0
    while rows := list(docs.filter(kind="matter", id__gt=last).order_by("id")[:CHUNK]):
        last = rows[-1].id
        orgs = {row.subject[7:]: {row.scope} for row in rows}
        for number, org in legs.filter(matter__in=list(orgs)).values_list("matter", "org"):
            orgs[number].add(org)
        for row in rows:
            held, day = sorted(orgs[row.subject[7:]]), row.sort // 86_400
            times = [f"\ue003d{day}", f"\ue003c{day // 16}", f"\ue003b{day // 256}"]
            row.scopes = " ".join(["\ue002" + row.state, *times, *(_mark(org) for org in held)])
        docs.bulk_update(rows, ["scopes"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("matters", "0007_tree_marks"), ("ledger", "0003_search_scopes")]
    operations = [
        migrations.AddIndex("stake", models.Index(fields=["scope", "-matter", "-leg"], name="stake_newest")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
