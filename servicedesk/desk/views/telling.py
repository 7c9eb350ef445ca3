"""How a person wants to hear: channels, quiet hours, own reminders, the calendar's address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from servicedesk.accounts.models import User
from servicedesk.desk import feeds
from servicedesk.desk.channels.choice import ORDER, Choices, address_of
from servicedesk.desk.masks import masked
from servicedesk.desk.models import CalendarFeed, Notice, NoticeChoices, ReminderWish
from servicedesk.desk.models.telling import EVENING, MORNING
from servicedesk.desk.reminders import MOST_WISHES
from servicedesk.desk.views.door import PersonalRequest, personal

Sort, Way = Notice.Sort, Notice.Channel
MASKS: dict[str, str] = {Way.SMS: "phone", Way.EMAIL: "email", Way.WECOM: "name"}


def sorts_for(user: User) -> list[str]:
    """The sorts of news a person gets at all: the digest is the desk's."""
    return [sort for sort in Sort.values if sort != Sort.DIGEST or user.is_staff]


def ways_of(user: User) -> list[tuple[str, str]]:
    """Channels that reach the person, with the address they lead to, masked."""
    found = [(way, address_of(user, way)) for way in ORDER]
    return [(way, f"{Way(way).label} · {masked(address, MASKS[way])}") for way, address in found if address]


class ChoicesForm(forms.Form):
    """One list of channels for each sort of news, and the quiet hours."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Short messages and WeCom wait until then. Empty: none."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.sorts = sorts_for(user)
        ways = ways_of(user)
        row = NoticeChoices.objects.filter(user=user).first()
        known = Choices([user])
        for sort in self.sorts if ways else ():
            self.fields[sort] = forms.MultipleChoiceField(
                label=Sort(sort).label,
                choices=ways,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[way for way, _address in known.of(user, sort)],
            )
        self.order_fields([*self.sorts, "quiet_from", "quiet_until"])
        self.initial["quiet_from"] = row.quiet_from if row else EVENING
        self.initial["quiet_until"] = row.quiet_until if row else MORNING

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None) and not self.errors:
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end."))
        return given

    def keep(self) -> None:
        """Write the choices; what is said of a channel that reaches nobody now stays as it was."""
        given = self.cleaned_data
        channels = {sort: given[sort] for sort in self.sorts if sort in given}
        times = {"quiet_from": given["quiet_from"], "quiet_until": given["quiet_until"]}
        NoticeChoices.objects.update_or_create(user=self.user, defaults={"channels": channels, **times})


class WishForm(forms.ModelForm):
    class Meta:
        model = ReminderWish
        fields = ("amount", "unit")
        labels = {"amount": gettext_lazy("How long before"), "unit": gettext_lazy("Counted in")}

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        mine = ReminderWish.objects.filter(user=self.user)
        if mine.count() >= MOST_WISHES:
            raise forms.ValidationError(
                _("You have %(n)d reminders already. Remove one first.") % {"n": MOST_WISHES}
            )
        if mine.filter(unit=given.get("unit", ""), amount=given.get("amount", 0)).exists():
            raise forms.ValidationError(_("You have this reminder already."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def settings(request: PersonalRequest) -> HttpResponse:
    """The page; `do` says which of its small forms was sent."""
    now = timezone.now()
    if request.method == "POST":
        does = DOES.get(request.POST.get("do", ""), _keep_choices)
        return does(request, now)
    return _page(request, now)


def _page(
    request: PersonalRequest, now: datetime, status: int = 200, **tried: forms.BaseForm
) -> HttpResponse:
    user = request.user
    feed = CalendarFeed.objects.filter(user=user).first()
    context = {
        "form": tried.get("form") or ChoicesForm(user),
        "wish_form": tried.get("wish_form") or WishForm(user),
        "wishes": ReminderWish.objects.filter(user=user),
        "feed": feeds.address_of(feed) if feed else "",
        "sends": bool(ways_of(user)),
        "may_listen": feeds.may_listen(user, now),
    }
    return render(request, "portal/notice_settings.html", context, status=status)


def _keep_choices(request: PersonalRequest, now: datetime) -> HttpResponse:
    form = ChoicesForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, now, 400, form=form)
    form.keep()
    messages.success(request, _("Your choice is kept."))
    return redirect("desk:notice_settings")


def _add_wish(request: PersonalRequest, now: datetime) -> HttpResponse:
    form = WishForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, now, 400, wish_form=form)
    wish = {"unit": form.cleaned_data["unit"], "amount": form.cleaned_data["amount"]}
    ReminderWish.objects.get_or_create(user=request.user, **wish, defaults={"created_at": now})
    messages.success(request, _("You will be reminded."))
    return redirect("desk:notice_settings")


def _drop_wish(request: PersonalRequest, now: datetime) -> HttpResponse:
    key = request.POST.get("wish", "")
    if key.isascii() and key.isdecimal() and len(key) <= 18:
        ReminderWish.objects.filter(user=request.user, pk=int(key)).delete()
    messages.success(request, _("The reminder is removed."))
    return redirect("desk:notice_settings")


def _renew_feed(request: PersonalRequest, now: datetime) -> HttpResponse:
    feeds.renew(request.user, now)
    messages.success(request, _("Your calendar has a new address. An older one no longer works."))
    return redirect("desk:notice_settings")


def _drop_feed(request: PersonalRequest, now: datetime) -> HttpResponse:
    CalendarFeed.objects.filter(user=request.user).delete()
    messages.success(request, _("The address of your calendar no longer works."))
    return redirect("desk:notice_settings")


DOES: dict[str, Callable[[PersonalRequest, datetime], HttpResponse]] = {
    "choices": _keep_choices,
    "add_wish": _add_wish,
    "drop_wish": _drop_wish,
    "renew_feed": _renew_feed,
    "drop_feed": _drop_feed,
}
