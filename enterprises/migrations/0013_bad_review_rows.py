"""How soon a bad review is called back, rectified and looked at."""

from django.db import migrations

from enterprises.data import load_direct_line


def load(apps, schema_editor):
    load_direct_line(apps)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0012_bad_reviews")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
