"""Texts of short messages, what the gateway said of them, and the webhooks of offices and companies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import SmsMessage, SmsTemplate
from servicedesk.desk.admin.outbox import watchers
from servicedesk.desk.admin.register import (
    DeskAdmin,
    GuardedForm,
    LookAdmin,
    either,
    holding,
    keepers,
    nobody,
    who,
)
from servicedesk.desk.channels.webhook import new_secret
from servicedesk.desk.errors import BadInput
from servicedesk.desk.feeds import refuse_forbidden
from servicedesk.desk.masks import masked
from servicedesk.desk.models import WebhookEndpoint
from servicedesk.desk.permissions import Role


@admin.register(SmsTemplate)
class SmsTemplateAdmin(DeskAdmin):
    """Kept as the provider approved them; the row's own check measures the whole message."""

    deletes = staticmethod(nobody)
    list_display = ("code", "text", "provider_id", "per_number", "per_day", "is_on")
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj is not None else []


@admin.register(SmsMessage)
class SmsMessageAdmin(LookAdmin):
    sees = staticmethod(watchers)
    list_display = ("pk", "template", "masked_phone", "state", "reason", "created_at", "settled_at")
    list_filter = ("state", "template")
    fields = ("template", "masked_phone", "state", "reason", "provider_id", "created_at", "settled_at")
    readonly_fields = ("masked_phone",)
    ordering = ("-created_at", "-pk")

    @admin.display(description=_("mobile number"))
    def masked_phone(self, message: SmsMessage) -> str:
        return masked(message.phone, "phone")


class WebhookForm(GuardedForm):
    class Meta:
        model = WebhookEndpoint
        fields = ("party", "office", "url", "is_on")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            refuse_forbidden(url)
        except BadInput as error:
            raise ValidationError(str(error)) from error
        return url


@admin.register(WebhookEndpoint)
class WebhookAdmin(DeskAdmin):
    """Programs that are called. The secret is shown once, to whoever makes the row."""

    form = WebhookForm
    sees = staticmethod(either(keepers, holding(Role.SYSTEM, Role.SECURITY)))
    list_display = ("pk", "party", "office", "url", "is_on", "stopped_because", "created_at")
    list_filter = ("is_on",)
    list_select_related = ("party", "office")
    fields = ("party", "office", "url", "is_on", "stopped_because", "created_at", "created_by")
    readonly_fields = ("stopped_because", "created_at", "created_by")
    raw_id_fields = ("party",)
    ordering = ("-pk",)

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if not change:
            obj.secret, obj.created_at, obj.created_by = new_secret(), timezone.now(), who(request)
            shown = _("The secret of this webhook, shown once: %(secret)s") % {"secret": obj.secret}
            messages.warning(request, shown)
        elif obj.is_on:
            obj.stopped_because = ""
        super().save_model(request, obj, form, change)
