"""The index of the to-do list also holds what the list and its counts ask of each row: counting the nearest thousand of an office went to the
table 1,200 times, and the planner sorted all of the office for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0015_asked")]
    operations = [
        migrations.AddIndex(
            "stake",
            models.Index(
                fields=["scope", "next_at", "matter", "leg"],
                name="stake_listed",
                include=["depth", "level", "seat", "state", "caller"],
            ),
        ),
        migrations.RemoveIndex("stake", "stake_scope"),
    ]
