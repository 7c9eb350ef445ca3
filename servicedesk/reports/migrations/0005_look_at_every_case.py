"""Facts are derived of cases that were touched: of those there were before, all are to be looked at once.
The sweep does it, or at a large desk sooner `manage.py rebuild_facts`."""

from django.db import migrations


def touch(apps, schema_editor):
    connection = schema_editor.connection
    cases, touched = apps.get_model("desk", "Case"), apps.get_model("desk", "Touched")
    named = connection.ops.quote_name
    into, key, of = named(touched._meta.db_table), named("case"), named(cases._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {into} ({key}) SELECT id FROM {of} WHERE state <> 'draft'"  # noqa: S608 (our names)
        )


class Migration(migrations.Migration):
    dependencies = [("desk", "0014_open_cases"), ("reports", "0004_one_frozen_report")]
    operations = [migrations.RunPython(touch, migrations.RunPython.noop, elidable=True)]
