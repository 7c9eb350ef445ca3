"""The limits of the direct line's further clocks."""

from django.db import migrations

from enterprises.data import load_direct_line_limits


def load(apps, schema_editor):
    load_direct_line_limits(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0004_breakfast_rows"), ("desk", "0002_first_rows")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
