"""What every way out has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from servicedesk.desk.models import Notice


class Unreached(Exception):
    """Nobody answers there: what else goes the same way need not be tried now."""


class Refused(Exception):
    """Another try cannot help; the notice is given up at once."""


class Channel(ABC):
    """One way out. It lives for one pass, so it may keep a connection between notices."""

    code: ClassVar[str]

    @property
    @abstractmethod
    def slowest(self) -> int:
        """Seconds that one notice may take at most; the lease outlasts it."""

    def open(self) -> None:
        """Make ready for a batch. Raises `Unreached` where nothing can go out now."""
        return

    def close(self) -> None:
        """Give back what `open` took."""
        return

    def lane(self, notice: Notice) -> str:
        """Notices of one lane share the fate of being unreached; usually all of them do."""
        return ""

    @abstractmethod
    def send(self, notice: Notice) -> None:
        """Hand one notice over. Raises `Unreached`, `Refused`, or anything else for “later”."""
