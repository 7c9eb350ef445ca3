"""The ready texts the desk begins with."""

from django.db import migrations

from servicedesk.desk.first_texts import load_canned_texts


def load(apps, schema_editor):
    load_canned_texts(apps)


class Migration(migrations.Migration):
    dependencies = [("desk", "0009_canned_texts")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
