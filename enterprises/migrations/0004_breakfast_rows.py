"""The four hosts of breakfasts, and the limits of a promise and of its look-backs."""

from django.db import migrations

from enterprises.data import load_breakfasts


def load(apps, schema_editor):
    load_breakfasts(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_breakfasts"), ("desk", "0002_first_rows")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
