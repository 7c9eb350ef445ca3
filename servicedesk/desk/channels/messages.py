"""Short messages through the gateway: a number, a neutral status and a link, never a title or a text."""

from __future__ import annotations

from django.conf import settings

from servicedesk.accounts import sms
from servicedesk.desk.channels.way import Channel, Refused, Unreached
from servicedesk.desk.models import Notice


class SmsChannel(Channel):
    code = Notice.Channel.SMS

    @property
    def slowest(self) -> int:
        return settings.SMS_TIMEOUT

    def send(self, notice: Notice) -> None:
        """A day's cap counts as a refusal: tomorrow's message would be stale, another channel is not."""
        try:
            sms.send(notice.address, notice.template, notice.params, notice.key)
        except sms.SmsRefused as error:
            if error.code == "unreached":
                raise Unreached(str(error)) from error
            if error.final or error.code == "cap":
                raise Refused(str(error)) from error
            raise
