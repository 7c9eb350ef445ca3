from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_first_rows")]
    operations = [
        migrations.AlterField(
            model_name="alarmrule",
            name="whom",
            field=models.CharField(
                choices=[
                    ("officer", "officer"),
                    ("head", "head of office"),
                    ("centre", "service centre"),
                    ("leader", "leader in charge"),
                    ("applicant", "applicant"),
                ],
                max_length=10,
                verbose_name="to whom",
            ),
        ),
    ]
