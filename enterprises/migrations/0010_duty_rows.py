"""Why a matter cannot wait, and why it comes back."""

from django.db import migrations

from enterprises.data import load_direct_line


def load(apps, schema_editor):
    load_direct_line(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0009_duty_rules")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
