"""The texts of short messages the desk starts with."""

from django.db import migrations

from servicedesk.accounts import first_rows


def load(apps, schema_editor):
    first_rows.load_sms_templates(apps)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_short_messages")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
