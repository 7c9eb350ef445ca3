"""Personal data 个人信息: what each field holds (`classes`), who saw it in full (`unmasking`), how long it is
kept (`terms`), and what goes when that is over (`desk/actions/erasing.py`)."""

from servicedesk.desk.privacy import own  # noqa: F401  (says the classes of this room's fields)
