"""The engine that carries work. The database is the schedule: nothing lives only as a message."""

import os

from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger

from servicedesk.desk.discreet import quieten

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

app = Celery("servicedesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
after_setup_logger.connect(quieten, weak=False)
after_setup_task_logger.connect(quieten, weak=False)
