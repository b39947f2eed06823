from django.db import migrations, models


def count_anew(apps, schema_editor):
    """The reader of the counts begins anew: it counts everything once and passes what lies before."""
    apps.get_model("ledger", "Cursor").objects.filter(reader="tallies").update(position=0)


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0014_unheard"),
        ("ledger", "0005_search_pending"),
    ]

    operations = [
        migrations.CreateModel(
            name="Asked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=32)),
                ("day", models.DateField()),
                ("pack", models.CharField(max_length=32)),
                ("procedure", models.CharField(max_length=30)),
                ("kind", models.CharField(blank=True, default="", max_length=30)),
                ("n", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "day", "pack", "procedure", "kind"), name="asked_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("n__gte", 1)), name="asked_counts"),
                ],
            },
        ),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
