#!/usr/bin/env python
"""Django's command line. With nothing set it works locally: data in var/, localhost only."""

import os
import sys

from django.core.management import execute_from_command_line

SAID = {"ENVIRONMENT", "SECRET_KEY", "DEBUG", "DEMO"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")
    if not SAID & os.environ.keys():
        os.environ["ENVIRONMENT"] = "local"
    execute_from_command_line(sys.argv)
