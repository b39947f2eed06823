"""Items of checklists that a district brings in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0008_search_scopes")]
    operations = [
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("org", models.CharField(max_length=32)),
                ("procedure", models.CharField(max_length=32)),
                ("list", models.CharField(max_length=32)),
                ("item", models.CharField(max_length=32)),
                ("rank", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=80)),
                ("trade", models.CharField(blank=True, default="", max_length=32)),
                ("grade", models.CharField(blank=True, default="", max_length=32)),
                ("unit", models.CharField(blank=True, default="", max_length=32)),
                ("origin", models.CharField(max_length=12)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("org", "procedure", "list", "item"), name="checklist_key")
                ]
            },
        ),
    ]
