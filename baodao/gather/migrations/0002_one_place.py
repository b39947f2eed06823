# What a slot counts; and nobody is in two places at once: PostgreSQL by an exclusion constraint, SQLite by triggers that
# are re-created after every migration.

from django.db import migrations, models

EXTENSION = "CREATE EXTENSION IF NOT EXISTS btree_gist"
CONSTRAINT = (
    "ALTER TABLE gather_seat ADD CONSTRAINT seat_one_place "
    "EXCLUDE USING gist (token WITH =, tstzrange(starts, ends) WITH &&) WHERE (holds)"
)


def one_place(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(EXTENSION)
        editor.execute(CONSTRAINT)


class Migration(migrations.Migration):
    dependencies = [
        ("gather", "0001_gather"),
    ]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="came",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="slot",
            name="heads",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="slot",
            name="why",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.RunPython(one_place, migrations.RunPython.noop),
    ]
