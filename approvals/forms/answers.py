"""The form of a draft whose detail keeps its answers as JSON, by the codes of the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.forms.widgets import Media, Script
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from approvals.forms.conditions import asked
from approvals.forms.known import Known, facts
from approvals.forms.papers import PaperQuestion, hand_in, handed_in
from approvals.forms.plain import plain
from approvals.forms.questions import QuestionsForm
from servicedesk.accounts.models import User
from servicedesk.desk.asking import Section
from servicedesk.desk.models import Attachment, Case, Party

SCRIPT: Any = Script("approvals/questions.js", defer=True)
FILLED_IN = _("Filled in from what the desk knows; correct it where it is wrong.")


class AnswersForm(QuestionsForm):
    """Takes and saves an `instance` as a model form does. `sources` says from which known fact a field is
    filled in. `builder.form_for` makes its subclasses; what the desk asks of them stands in `desk.asking`."""

    sections: ClassVar[tuple[Section, ...]] = ()
    masks: ClassVar[Mapping[str, str]] = {}
    sources: ClassVar[Mapping[str, str]] = {}
    title: ClassVar[Any] = ""

    def __init__(self, data: Any = None, files: Any = None, *, instance: Any = None, **kwargs: Any) -> None:
        self.instance = instance
        kept = dict(getattr(instance, "answers", None) or {})
        self.kept = kept
        initial = {name: kept[name] for name in self.base_fields if name in kept}
        super().__init__(data, files, initial=initial | (kwargs.pop("initial", None) or {}), **kwargs)
        for name, field in self.fields.items():
            if isinstance(self.initial.get(name), Known):
                field.help_text = "\n".join(filter(None, [str(field.help_text), str(FILLED_IN)]))

    def answer_elsewhere(self, name: str) -> Any:
        return self.kept.get(name)

    @property
    def media(self) -> Media:
        return super().media + Media(css={"all": ["approvals/forms.css"]}, js=[SCRIPT])

    def save(self) -> models.Model:
        """Keep the cleaned answers and nothing else; what was typed into questions that do not apply goes."""
        papers = {name for name, field in self.fields.items() if isinstance(field, PaperQuestion)}
        answers = {name: value for name, value in self.cleaned_data.items() if name not in papers}
        self.instance.answers = plain(answers)
        self.instance.save()
        return self.instance

    @classmethod
    def of_section(cls, code: str) -> type[AnswersForm]:
        """The form of one section. Raises LookupError for an unknown one."""
        names = next((section.names for section in cls.sections if section.code == code), None)
        if names is None:
            raise LookupError(code)
        left_out = dict.fromkeys(name for name in cls.base_fields if name not in names)
        return type(cls.__name__, (cls,), left_out)

    @classmethod
    def asks(cls, detail: models.Model) -> list[str]:
        answers: dict[str, Any] = getattr(detail, "answers", None) or {}
        return asked(cls.base_fields, cls.rules, answers.get, cls.every)

    @classmethod
    def known(cls, applicant: Party, user: User) -> dict[str, Any]:
        wanted = {name: source for name, source in cls.sources.items() if name in cls.base_fields}
        found = facts(applicant, user) if wanted else {}
        return {name: found[source] for name, source in wanted.items() if source in found}


class PapersForm(AnswersForm):
    """A form that asks for its papers one by one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = getattr(self.instance, "case", None)
        asked_for = {name: each for name, each in self.fields.items() if isinstance(each, PaperQuestion)}
        handed = self.papers(case) if asked_for and case is not None else {}
        for name, field in asked_for.items():
            field.handed = handed.get(name, [])
            field.counted = in_time(field.handed, case)

    @classmethod
    def papers(cls, case: Case) -> dict[str, list[Attachment]]:
        """Files by field, those that came later included."""
        named = cls.paper_fields()
        found = handed_in(case) if named and case.pk else {}
        return {name: found.get(field.code, []) for name, field in named.items()}

    @classmethod
    def paper_fields(cls) -> dict[str, PaperQuestion]:
        return {name: each for name, each in cls.base_fields.items() if isinstance(each, PaperQuestion)}

    @classmethod
    def take_files(
        cls, case: Case, files: MultiValueDict[str, Any], *, by: User, at: datetime
    ) -> dict[str, list[str]]:
        """Keep what was uploaded, each at its paper; sentences by field of what may not be kept."""
        found = {
            name: hand_in(case, field.code, files.getlist(name), by=by, at=at)
            for name, field in cls.paper_fields().items()
            if files.getlist(name)
        }
        return {name: sentences for name, sentences in found.items() if sentences}


def in_time(files: Iterable[Attachment], case: Case | None) -> list[Attachment]:
    """Of a submitted matter the files it was submitted with."""
    until = case.submitted_at if case is not None else None
    return [file for file in files if until is None or file.at <= until]
