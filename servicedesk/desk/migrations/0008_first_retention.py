"""The terms of retention the desk begins with."""

from django.db import migrations

from servicedesk.desk.privacy.first_rows import load_retention


def load(apps, schema_editor):
    load_retention(apps)


class Migration(migrations.Migration):
    dependencies = [("desk", "0007_keeping")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
