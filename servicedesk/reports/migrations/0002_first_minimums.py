from typing import Any

from django.db import migrations

from servicedesk.reports.monthly.first_rows import load_minimums


def load(apps: Any, schema_editor: Any) -> None:
    load_minimums(apps)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_monthly")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
