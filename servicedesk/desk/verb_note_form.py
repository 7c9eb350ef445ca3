"""The form of an internal note, which may mention colleagues: ticked in a list, or written as @name."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk.dossier import dossier_of
from servicedesk.desk.verb_fields import Text, VerbForm

# What stands before the sign in a mail address is no beginning of a mention.
AT = re.compile(r"(?<![A-Za-z0-9_.+-])[@＠](?=\S)")


class NoteForm(VerbForm):
    text = Text(label=_("Internal note"), help_text=_("Only the desk reads this. Write @name to mention."))
    mentions = forms.MultipleChoiceField(
        label=_("Mention colleagues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those who may see this matter; each is told of the note."),
        error_messages={"invalid_choice": _("Whoever may not see this matter cannot be mentioned here.")},
    )

    def prepare(self) -> None:
        read = dossier_of(self.case)
        self.known: dict[int, Any] = {each.pk: each for each in read.colleagues if each.pk != self.user.pk}
        rows = [(str(each.pk), f"{each} · {each.office_title}") for each in self.known.values()]
        self.fields["mentions"].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Add those named in the text. Raises ValidationError at the field for a name nobody here bears."""
        given = super().clean() or {}
        if "text" in given and "mentions" in given:
            ticked = {int(key) for key in given["mentions"]}
            given["mentions"] = sorted(ticked | set(self._named(given["text"], ticked)))
        return given

    def _named(self, text: str, ticked: set[int]) -> list[int]:
        found = []
        for place in AT.finditer(text):
            rest = text[place.end() :]
            if rest.startswith(str(self.user)):
                continue
            fits = [each for each in self.known.values() if rest.startswith(str(each))]
            longest = max((len(str(each)) for each in fits), default=0)
            fits = [each for each in fits if len(str(each)) == longest]
            chosen = [each for each in fits if each.pk in ticked] or fits
            if not chosen:
                word = re.split(r"[\s,.;:，。；：、]", rest, maxsplit=1)[0][:20]
                self.add_error(
                    "mentions", _("Nobody called “%(name)s” may see this matter.") % {"name": word}
                )
            elif len(chosen) > 1:
                words = _("There are several called “%(name)s”. Tick whom you mean.")
                self.add_error("mentions", words % {"name": chosen[0]})
            else:
                found.append(chosen[0].pk)
        return found

    def arguments(self) -> dict[str, Any]:
        people = User.objects.filter(pk__in=self.cleaned_data["mentions"])
        return {"text": self.cleaned_data["text"], "mentions": list(people.order_by("pk"))}
