"""The limits of a claim; and every service manager of before becomes a dated row."""

from django.db import migrations

from enterprises.data import load_claims, load_service_managers


def load(apps, schema_editor):
    load_claims(apps)
    load_service_managers(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_who_acts"), ("desk", "0002_first_rows")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
