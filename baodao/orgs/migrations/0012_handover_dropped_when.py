"""When sheets of before 0011 were made void: their facts know."""

from django.db import migrations


def tell(apps, schema_editor):
    """The moment of the last fact that made each void."""
    handovers, facts = apps.get_model("orgs", "Handover"), apps.get_model("ledger", "Fact")
    for row in handovers.objects.filter(state="dropped", dropped=None).iterator():
        told = facts.objects.filter(subject=f"handover:{row.code}", kind="handover.dropped").order_by("-id")
        row.dropped = told.values_list("happened", flat=True).first()
        row.save(update_fields=["dropped"])


class Migration(migrations.Migration):
    dependencies = [("orgs", "0011_handover_dropped"), ("ledger", "0001_initial")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
