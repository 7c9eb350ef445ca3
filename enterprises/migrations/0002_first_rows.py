"""Industries (GB/T 4754-2017), towns, topics, sorts of tag and the size method of 2017."""

from django.db import migrations

from enterprises.data import load_all


def load(apps, schema_editor):
    load_all(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
