"""Routes of complaints, bodies outside, the ladder of escalation, and the clocks of both kinds."""

from django.db import migrations

from enterprises.data import load_oversight


def load(apps, schema_editor):
    load_oversight(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0014_oversight_complaints")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
