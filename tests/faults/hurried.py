"""The settings of the storm: those of production, but half minutes have become seconds. So what waits for the
next beat, for a lease or for a back-off is seen to come within one test."""

from datetime import timedelta
from typing import Any

from servicedesk.settings import *  # noqa: F403
from servicedesk.settings import CELERY_BEAT_SCHEDULE

BEAT = 1.0
LEASE = timedelta(seconds=4)
BACK_OFF = timedelta(seconds=1)

# A lease is the time in which a batch is begun, and what its last mail may take at most.
EMAIL_TIMEOUT = 1
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": BEAT} if isinstance(entry["schedule"], float) else entry
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}


def shorten(module: Any, **values: Any) -> None:
    for name, value in values.items():
        assert hasattr(module, name), f"{module.__name__} no longer has {name}"
        setattr(module, name, value)


def hurry() -> None:
    """Shorten in this process what is no setting; and people get their mail at any hour."""
    from servicedesk.desk import delivery, letters
    from servicedesk.desk.channels import mail

    patience = len(delivery.BACK_OFF)
    shorten(letters, _quiet=lambda at: None)
    shorten(mail, EXCHANGES=LEASE.seconds // 2 // EMAIL_TIMEOUT)
    shorten(delivery, BEGIN_WITHIN=LEASE / 2, BACK_OFF=(BACK_OFF,) * patience)
