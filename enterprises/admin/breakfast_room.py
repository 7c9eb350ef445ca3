"""In the room, on a phone: who is there, what is said, the minutes. The page is one form, and every button of
it saves all that was written: whoever presses “write down” at one company loses nothing typed at another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.admin.breakfast_pages import StaffRequest, framed, shown
from enterprises.breakfast_forms import MinutesForm, TopicForm, Unseen, refuse
from enterprises.breakfasts import room as notes
from enterprises.breakfasts.minutes import promises_of
from enterprises.breakfasts.rights import may_record
from enterprises.models import Breakfast, Company, RaisedTopic, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk.drafting import without_nulls
from servicedesk.desk.errors import DeskError
from servicedesk.desk.views.door import typed

MINUTES, NEW = "minutes", "new"


def in_room(request: StaffRequest, pk: int, at: datetime) -> Breakfast:
    found = shown(request, pk, at)
    if not may_record(request.user, found, at):
        raise Http404
    return found


@dataclass
class Part:
    """One thing that can be written on the page; `code` is the prefix of its fields and its button's word."""

    code: str
    form: Unseen
    company: Company | None = None
    topic: RaisedTopic | None = None

    def is_meant(self, pressed: str) -> bool:
        """Whether it is to be saved: its own button was pressed, or something in it was changed."""
        return self.code == pressed or bool(set(self.form.changed_data) - {"row_print"})

    def save(self, breakfast: Breakfast, by: User, at: datetime) -> bool:
        """Save it; return whether that was possible. What stands against it stands on the form."""
        if not self.form.is_valid():
            return False
        given = self.form.words()
        try:
            if self.company is None:
                notes.write_minutes(breakfast, given["minutes"], by=by, at=at)
            else:
                words = {"words": given["words_said"], "answer": given["answer"]}
                self.topic = notes.write_topic(
                    breakfast, self.company, by=by, at=at, topic=self.topic, **words
                )
        except DeskError as error:
            refuse(self.form, error)
            return False
        return True


def parts_of(
    breakfast: Breakfast, guests: list[SignUp], data: QueryDict | None, kept: QueryDict | None = None
) -> list[Part]:
    """Everything that can be written: each topic, a new one for each guest, and the minutes. `kept` is what
    was typed before a log-in: shown, and not yet sent."""
    topics = list(breakfast.topics.all())
    found = []
    for guest in guests:
        mine = [topic for topic in topics if topic.company_id == guest.company_id]
        for topic in [*mine, None]:
            code = f"{guest.company_id}-{topic.pk if topic else NEW}"
            first = TopicForm.of(topic) if topic else {}
            form = TopicForm(data, initial=first, row=topic, prefix=code, auto_id="id_%s")
            found.append(Part(code, form, guest.company, topic))
    minutes = MinutesForm(
        data, initial={"minutes": breakfast.minutes}, row=breakfast, prefix=MINUTES, auto_id="id_%s"
    )
    found.append(Part(MINUTES, minutes))
    for part in found if kept is not None else ():
        names = {name: f"{part.code}-{name}" for name in part.form.fields if name != "row_print"}
        part.form.initial.update({name: kept[key] for name, key in names.items() if kept and key in kept})
    return found


@require_http_methods(["GET", "POST"])
def room(request: StaffRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    breakfast = in_room(request, pk, at)
    guests = notes.guests(breakfast)
    if request.method == "GET":
        kept = typed(request)
        parts = parts_of(breakfast, guests, None, with_plain_lines(kept) if kept is not None else None)
        return show(request, breakfast, guests, parts, restored=kept is not None)
    return save(request, breakfast, guests, with_plain_lines(request.POST), at)


def with_plain_lines(posted: QueryDict) -> QueryDict:
    """The same words without the carriage returns of browsers, so that unchanged text is seen as such."""
    clean = without_nulls(posted)
    for name, values in clean.lists():
        clean.setlist(name, [value.replace("\r\n", "\n") for value in values])
    return clean


def save(
    request: StaffRequest, breakfast: Breakfast, guests: list[SignUp], data: QueryDict, at: datetime
) -> HttpResponse:
    pressed = data.get("what", "") or data.get("promise", "")
    parts = parts_of(breakfast, guests, data)
    out = next((part for part in parts if part.topic and str(part.topic.pk) == data.get("strike_out")), None)
    meant = [part for part in parts if part.is_meant(pressed) and part is not out]
    failed = [part for part in meant if not part.save(breakfast, request.user, at)]
    problem = attend(request, breakfast, data, at) if pressed == "attend" else None
    if out is not None and out.topic is not None:
        problem = strike_out(request, out.topic, at)
    if failed or problem is not None:
        return show(request, breakfast, guests, parts, failed, problem)
    messages.success(request, _("Saved."))
    part = out or next((each for each in parts if each.code == pressed), None)
    if part is None or part.company is None:
        return back(breakfast, MINUTES if part else "")
    if "promise" in data and part.topic is not None:
        path = reverse("admin:breakfast-promise", args=[breakfast.pk])
        return redirect(f"{path}?company={part.company.pk}&topic={part.topic.pk}")
    return back(breakfast, f"company-{part.company.pk}")


def attend(request: StaffRequest, breakfast: Breakfast, data: QueryDict, at: datetime) -> DeskError | None:
    """Write down who was there; return what stood against it."""
    present = {int(key) for key in data.getlist("there") if key.isdecimal() and len(key) < 18}
    try:
        notes.attend(breakfast, present, by=request.user, at=at)
    except DeskError as error:
        return error
    return None


def strike_out(request: StaffRequest, topic: RaisedTopic, at: datetime) -> DeskError | None:
    """Take a topic out; return what stood against it."""
    try:
        notes.strike_out(topic, by=request.user, at=at)
    except DeskError as error:
        return error
    return None


def back(breakfast: Breakfast, anchor: str = "") -> HttpResponse:
    path = reverse("admin:breakfast-room", args=[breakfast.pk])
    return redirect(f"{path}#{anchor}" if anchor else path)


def show(
    request: StaffRequest,
    breakfast: Breakfast,
    guests: list[SignUp],
    parts: list[Part],
    failed: list[Part] | None = None,
    problem: DeskError | None = None,
    *,
    restored: bool = False,
) -> HttpResponse:
    promises = promises_of(breakfast)
    ticked = set(request.POST.getlist("there"))
    rows: list[dict[str, Any]] = [
        {
            "row": row,
            "parts": [part for part in parts if part.company == row.company],
            "promises": [each for each in promises if each.company_id == row.company_id],
            # Nothing is ticked that nobody has said: an unticked company counts as absent.
            "there": str(row.pk) in ticked or row.standing == Standing.ATTENDED,
        }
        for row in guests
    ]
    context = {
        "title": _("In the room"),
        "breakfast": breakfast,
        "rows": rows,
        "minutes": next(part for part in parts if part.code == MINUTES),
        "failed": [part.form for part in failed or ()],
        "problem": problem,
        "restored": restored,
        "is_over": breakfast.stage == Breakfast.Stage.MINUTED,
    }
    status = problem.status if problem is not None else 422 if failed else 200
    return framed(request, "enterprises/breakfasts/room.html", context, status)
