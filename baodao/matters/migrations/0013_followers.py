"""Who follows a matter, as rows: before, only the facts said so."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, editor: Any) -> None:
    """The last word of each person on each matter."""
    facts, follower = apps.get_model("ledger", "Fact").objects, apps.get_model("matters", "Follower")
    found: dict[tuple[str, str], bool] = {}
    rows = facts.filter(kind="matter.acted", data__contains='follow"').exclude(person="").order_by("id")
    for subject, person, data in rows.values_list("subject", "person", "data").iterator(chunk_size=2000):
        if '"action":"follow"' in data or '"action":"unfollow"' in data:
            found[subject.partition(":")[2], person] = '"action":"follow"' in data
    follower.objects.bulk_create(
        [follower(matter=number, token=token) for (number, token), follows in found.items() if follows],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("matters", "0012_one_index_of_numbers"), ("ledger", "0004_narrower_indexes")]
    operations = [
        migrations.CreateModel(
            "Follower",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("matter", models.CharField(max_length=24)),
                ("token", models.CharField(max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["token", "matter"], name="follower_token")],
                "constraints": [models.UniqueConstraint(fields=["matter", "token"], name="follower_once")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
