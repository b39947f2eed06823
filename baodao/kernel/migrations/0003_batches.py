"""Where the facts of a batch's commands lie; `ledger.0006` fills it for batches of before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_one_index_of_commands")]
    operations = [
        migrations.AddField("command", "first", models.BigIntegerField(null=True)),
        migrations.AddField("command", "last", models.BigIntegerField(null=True)),
    ]
