"""The pieces every page is built from: `{% load desk %}`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from servicedesk.desk import masks, pieces, words
from servicedesk.desk.asking import AT_FILES

register = template.Library()


@register.inclusion_tag("desk/pieces/clock_badge.html", takes_context=True, name="clock_badge")
def clock_badge(context: Context, clock: Any, at: Any = None) -> dict[str, Any]:
    return pieces.badge_of(clock, at or pieces.now_of(context))


@register.inclusion_tag("desk/pieces/promise_bars.html", takes_context=True)
def promise_bars(context: Context, clocks: Iterable[Any], at: Any = None) -> dict[str, Any]:
    at = at or pieces.now_of(context)
    return {"bars": [pieces.bar_of(clock, at) for clock in clocks]}


@register.inclusion_tag("desk/pieces/tracker.html")
def tracker(steps: Iterable[Any], clocks: Iterable[Any] = ()) -> dict[str, Any]:
    return {"steps": pieces.tracked(steps, clocks)}


@register.inclusion_tag("desk/pieces/timeline.html")
def timeline(events: Iterable[Any], staff: bool = False) -> dict[str, Any]:
    """Entries as given (newest first is the habit); without `staff`, internal ones are left out."""
    entries = [pieces.told(event) for event in events]
    return {"entries": [entry for entry in entries if staff or entry["public"]], "staff": staff}


@register.inclusion_tag("desk/pieces/statement.html")
def statement(
    rows: Iterable[Any], unit: str = "working_days", remaining: Any = None, label: str = ""
) -> dict[str, Any]:
    """`label` tells several statements on one page apart for screen readers."""
    by_days = unit != "working_minutes"
    return {
        "rows": list(pieces.statement_rows(rows, by_days)),
        "by_days": by_days,
        "label": label,
        "remaining": remaining,
    }


@register.inclusion_tag("desk/pieces/files.html")
def files(attachments: Iterable[Any]) -> dict[str, Any]:
    return {"files": attachments}


@register.inclusion_tag("desk/pieces/empty.html")
def empty(text: str, url: str = "", label: str = "") -> dict[str, str]:
    """`url` and `label` are what to do about it."""
    return {"text": text, "url": url, "label": label}


@register.inclusion_tag("desk/pieces/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """The box above the form that names every error and leads to its field; nothing without errors."""
    wrong = [field for field in form if field.errors] if form is not None and form.errors else []
    whole = form.errors.as_data().get(NON_FIELD_ERRORS, []) if form is not None else []
    leading = [(" ".join(error.messages), FILES if error.code == AT_FILES else "") for error in whole]
    return {"form": form, "whole": leading, "wrong": [(field, target_of(field)) for field in wrong]}


# Where the start page has files added.
FILES = "id_files"


def target_of(field: BoundField) -> str:
    """Id of what the summary links to: the first control where a field has several."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)


@register.simple_tag
def field(
    f: BoundField,
    hint: str = "",
    css: str = "",
    label: str = "",
    optional: bool = True,
    placeholder: bool = True,
) -> SafeString:
    """A labelled control with its hint and its error tied to it.

    `css` is a class of the wrapping element (code, row); `label` replaces the field's own; a blank `hint`
    (" ") drops its help text; `optional=False` drops the word behind a label that is not required;
    `placeholder=False` the widget's placeholder."""
    hint = (hint or f.help_text).strip()
    told = [f"{f.auto_id}_hint"] if hint else []
    told += [f"{f.auto_id}_error"] if f.errors else []
    # A browser cuts what is longer without a word; the server refuses it with one and gives it back.
    attrs: dict[str, Any] = {"maxlength": False} | ({} if placeholder else {"placeholder": False})
    if not f.use_fieldset:
        attrs |= {"aria-describedby": " ".join(told) or False}
        attrs |= {"aria-invalid": "true"} if f.errors else {}
    single = isinstance(f.field.widget, CheckboxInput)
    shown = {"f": f, "control": f.as_widget(attrs=attrs), "hint": hint, "css": css, "single": single}
    shown |= {"described": " ".join(told), "label": label or f.label}
    shown |= {"optional": optional and not f.field.required and not single}
    return render_to_string("desk/pieces/field.html", shown)


@register.simple_tag
def masked(value: str, kind: str) -> str:
    return masks.masked(value, kind)


@register.filter
def filesize_words(octets: int) -> str:
    return words.size_words(octets)


@register.filter
def due_moment(at: datetime | None, style: str = "DATETIME_FORMAT") -> str:
    return words.due_moment(at, style) if at else ""


@register.filter
def shipped_words(text: str) -> str:
    return words.shipped_words(text)


@register.simple_tag
def file_url(attachment: Any) -> str:
    """Where an attachment is served: its own `url`, else the desk's authorised view."""
    own: str = getattr(attachment, "url", "")
    if own:
        return own
    try:
        return reverse("desk:file", args=[attachment.pk])
    except NoReverseMatch:
        return ""


@register.filter
def shown_name(party: Any) -> str:
    """Whom a matter is for, as lists show it: a natural person masked."""
    return masks.name_of(party)


@register.filter
def shown_words(text: str) -> str:
    """Words of somebody with the telephone and identity numbers in them masked."""
    return masks.masked_text(text)
