from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0007_who_acts_rows")]
    operations = [migrations.RemoveField(model_name="company", name="service_manager")]
