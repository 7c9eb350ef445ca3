"""The ways out of the house. `delivery` leases rows, counts the tries and knows nothing of any protocol."""

from servicedesk.desk.channels.mail import MailChannel
from servicedesk.desk.channels.messages import SmsChannel
from servicedesk.desk.channels.way import Channel, Refused, Unreached
from servicedesk.desk.channels.webhook import WebhookChannel
from servicedesk.desk.channels.wecom import WecomChannel

# Mail first: whatever happens to a gateway happens after it.
CHANNELS: tuple[type[Channel], ...] = (MailChannel, SmsChannel, WecomChannel, WebhookChannel)

__all__ = ["CHANNELS", "Channel", "MailChannel", "Refused", "Unreached"]
