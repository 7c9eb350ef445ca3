"""The term to begin works, its reminders, and the conditions the law asks of some projects only."""

from django.db import migrations

from approvals.construction.first_rows import load_all


def load(apps, schema_editor):
    load_all(apps)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_conditions_of_some"), ("desk", "0003_applicants_hear")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
