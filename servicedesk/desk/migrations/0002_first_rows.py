"""Calendar notices, office hours, limits, the alarm ladder and the sign-off rule the desk starts with."""

from django.db import migrations

from servicedesk.desk import defaults


def load(apps, schema_editor):
    def model(name):
        return apps.get_model("desk", name)

    defaults.load_calendar(model("CalendarNotice"), model("CalendarDay"))
    defaults.load_hours(model("OfficeHours"))
    defaults.load_limits(model("Limit"))
    defaults.load_rules(model("AlarmRule"), model("SignOffRule"))


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
