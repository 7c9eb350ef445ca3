"""Service items, the bundle of company opening with its limits, and the stages of a construction permit."""

from django.db import migrations

from approvals.catalogue.first_rows import load_all


def load(apps, schema_editor):
    load_all(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        ("accounts", "0001_initial"),
        ("desk", "0002_first_rows"),
    ]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
