"""Short messages as rows: the texts the provider has approved, and what went out under which key."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

# One part of a message in UCS-2 (3GPP TS 23.038); a longer one is sent and paid for in two.
ONE_PART = 70
SITE = "site"
# The longest sensible value of each place; `site` is filled in here, `link` is the site and a short path.
LONGEST = {"code": 6, "minutes": 2, "number": 14, "status": 12, "company": 16, "what": 14}
LINK_PATH = 14
# Places that may be shortened to so many characters, the last of them "…".
LEAST = {"status": 6, "company": 6, "what": 6}


def length(text: str) -> int:
    """Length as networks count: a character beyond the basic plane takes two places."""
    return len(text.encode("utf-16-le")) // 2


def places(text: str) -> list[str]:
    """Names of the {places} of a text. Raises ValueError where braces do not fit."""
    return [name for _text, name, _spec, _how in string.Formatter().parse(text) if name is not None]


def longest(name: str) -> int:
    if name in {SITE, "link"}:
        return length(settings.SITE_URL) + (LINK_PATH if name == "link" else 0)
    return LEAST.get(name) or LONGEST[name]


class SmsTemplate(models.Model):
    """A text that the provider has approved under an id of its own; the signature is approved apart."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    provider_id = models.CharField(_("id at the provider"), max_length=60)
    text = models.CharField(
        _("text"),
        max_length=ONE_PART,
        help_text=_(
            "Without the signature; names in braces are filled in. The whole is one part of 70 characters."
        ),
    )
    per_number = models.PositiveIntegerField(_("a day to one number"), default=10)
    per_day = models.PositiveIntegerField(_("a day in all"), default=5000)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("text of short messages")
        verbose_name_plural = _("texts of short messages")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.code

    def whole(self, params: Mapping[str, str]) -> str:
        """The message as the phone shows it."""
        return f"【{settings.SMS_SIGNATURE}】{self.text.format_map(dict(params))}"

    def clean(self) -> None:
        if fault := self.fault():
            raise ValidationError({"text": fault})

    def fault(self) -> str:
        """What is wrong with the text, or "": an unknown place, or too long with the longest values."""
        try:
            names = places(self.text)
        except ValueError:
            return gettext("A brace is open or one too many.")
        known = {*LONGEST, SITE, "link"}
        if unknown := sorted(set(names) - known):
            return gettext("Unknown place: {name}.").format(name=", ".join(unknown))
        needed = length(self.whole({name: "测" * longest(name) for name in names}))
        if needed > ONE_PART:
            return gettext(
                "With the signature and its values the text needs %(needed)d of 70 characters."
            ) % {"needed": needed}
        return ""


class SmsMessage(models.Model):
    """One message handed to the gateway. What it said is kept nowhere: a code must not be found here."""

    class State(models.TextChoices):
        SENDING = "sending", _("being sent")
        ACCEPTED = "accepted", pgettext_lazy("short message", "accepted by the gateway")
        DELIVERED = "delivered", pgettext_lazy("short message", "delivered")
        FAILED = "failed", pgettext_lazy("short message", "not delivered")

    key = models.CharField(_("key"), max_length=80, unique=True)
    phone = models.CharField(_("mobile number"), max_length=20)
    template = models.CharField(_("text"), max_length=30)
    provider_id = models.CharField(_("id at the provider"), max_length=80, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENDING)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("written"))
    settled_at = models.DateTimeField(_("receipt"), null=True, blank=True)

    class Meta:
        verbose_name = _("short message")
        verbose_name_plural = _("short messages")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["template", "created_at"], name="sms_of_a_day"),
            models.Index(fields=["phone", "created_at"], name="sms_to_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.template} #{self.pk}"
