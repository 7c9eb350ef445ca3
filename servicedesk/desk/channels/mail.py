"""E-mail over one SMTP connection a pass."""

from __future__ import annotations

import logging
import smtplib
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from servicedesk.desk.channels.way import Channel, Unreached
from servicedesk.desk.models import Notice

log = logging.getLogger(__name__)

# One mail is at most a dozen exchanges with the server, each within its time-out.
EXCHANGES = 12


class MailChannel(Channel):
    code = Notice.Channel.EMAIL

    def __init__(self) -> None:
        self._connection = get_connection()

    @property
    def slowest(self) -> int:
        return EXCHANGES * (settings.EMAIL_TIMEOUT or 60)

    def open(self) -> None:
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreached(f"{type(error).__name__}: {error}") from error

    def send(self, notice: Notice) -> None:
        """A connection that failed is closed; the next mail opens another."""
        try:
            self._connection.open()
            self._connection.send_messages([message(notice)])
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException) as error:
            log.info("The mail server left without a farewell: %s", error)


def message(notice: Notice) -> EmailMessage:
    """The mail of a notice: the same bytes at every try, so that receivers can tell a repetition."""
    headers = {
        "Message-ID": f"<notice.{notice.pk}.{notice.created_at:%Y%m%d%H%M%S}@{mail_domain()}>",
        "Date": format_datetime(notice.created_at),
        "Auto-Submitted": "auto-generated",
        "Content-Language": notice.language,
    }
    return EmailMessage(notice.subject, notice.body, to=[notice.address], headers=headers)


def mail_domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
