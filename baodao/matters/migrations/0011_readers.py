"""Sealed matters name their readers; up to level 2 the post that called takes part (`Matter.caller_post`)."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

CHUNK = 2000


def fill(apps: Any, editor: Any) -> None:
    """The post of the fact by which a matter was opened, in chunks by number."""
    matters, facts = apps.get_model("matters", "Matter").objects, apps.get_model("ledger", "Fact").objects
    last = ""
    while rows := list(
        matters.filter(number__gt=last, level__lte=2).exclude(caller="").order_by("number")[:CHUNK]
    ):
        last = rows[-1].number
        opened = facts.filter(kind="matter.opened", subject__in=[f"matter:{row.number}" for row in rows])
        posts = dict(opened.order_by("id").values_list("subject", "post"))
        for row in rows:
            row.caller_post = posts.get(f"matter:{row.number}", "")
        matters.bulk_update(rows, ["caller_post"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("matters", "0010_alerts")]
    operations = [
        migrations.AddField(
            "matter",
            "caller_post",
            models.CharField(max_length=48, blank=True, default="", db_default=""),
        ),
        migrations.CreateModel(
            "Reader",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("matter", models.CharField(max_length=24)),
                ("post", models.CharField(max_length=48)),
            ],
            options={
                "indexes": [models.Index(fields=["post", "matter"], name="reader_post")],
                "constraints": [models.UniqueConstraint(fields=["matter", "post"], name="reader_once")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["caller_post"], name="matter_caller_post", condition=Q(level=2) & ~Q(caller_post="")
            ),
        ),
    ]
