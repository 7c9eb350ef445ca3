"""The index of grams, which Django has no words for. It asks for no extension, so that the role that migrates
needs no more rights than for any other table; SQLite reads the texts themselves."""

from django.db import migrations

NAME = "case_words_grams"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {NAME} ON desk_casewords USING gin (string_to_array(grams, ' '))"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("desk", "0011_quick_queue")]
    operations = [migrations.RunPython(add, remove)]
