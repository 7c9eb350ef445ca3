"""The engine's API: kinds, cases and their verbs, offices, calendar, clock. Whatever the pages ask and do, it
asks and does by the same functions."""

from servicedesk.desk.api.addresses import urlpatterns as urlpatterns
