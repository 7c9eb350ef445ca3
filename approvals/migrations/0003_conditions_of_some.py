from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_first_rows")]
    operations = [
        migrations.AddField(
            model_name="stagecondition",
            name="may_not_apply",
            field=models.BooleanField(default=False, verbose_name="not asked of every project"),
        ),
    ]
