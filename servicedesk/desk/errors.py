"""One family of errors. Every surface translates it in one place: pages to a message, the API to a status."""

from __future__ import annotations

from django.utils.functional import Promise


class DeskError(Exception):
    """Something a person asked for that cannot be done; `message` is a sentence for that person."""

    status = 400

    def __init__(self, code: str, message: str | Promise, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class BadInput(DeskError):
    status = 400


class NotAllowed(DeskError):
    status = 403


class WrongState(DeskError):
    status = 409


class Conflict(WrongState):
    """Somebody else was quicker: the case has moved on since the page was made."""


class KeyReused(DeskError):
    """A submission key came back with another body."""

    status = 422
