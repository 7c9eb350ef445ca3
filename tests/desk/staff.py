"""How the tests of the staff side come in and look around."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from tests.people import person, posted

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)")
QUEUE, DAY = "/desk/desk/case/", "/desk/"
EMPTY = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}


def enter(client: Client, user: User) -> Client:
    """Log in and read in English, where no translation stands between a test and its sentence."""
    client.force_login(user, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    client.cookies["django_language"] = "en"
    return client


def administrator(role: str, office: str = "fwzx") -> User:
    return posted(person(role), office, role)


def bench(case: Case) -> str:
    return f"{QUEUE}{case.pk}/change/"


def at_verb(case: Case, verb: str) -> str:
    return f"/desk/cases/{case.number}/{verb}/"


def post(client: Client, case: Case, verb: str, version: int | None = None, **data: Any) -> Any:
    stands = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    return client.post(at_verb(case, verb), data | {"version": stands if version is None else version})


def rows(response: Any) -> list[str]:
    """Numbers of the cases a queue shows, in its order."""
    return [case.number for case in response.context["cl"].result_list]


def form_of(client: Client, path: str, **changed: Any) -> dict[str, Any]:
    """What a browser would send back of the page at `path`, with some of it changed."""
    page = client.get(path).context
    form = page["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for inline in page["inline_admin_formsets"]:
        formset = inline.formset
        data |= {f"{formset.prefix}-{name}": value for name, value in EMPTY.items()}
        data[f"{formset.prefix}-INITIAL_FORMS"] = data[f"{formset.prefix}-TOTAL_FORMS"] = (
            formset.initial_form_count()
        )
        for each in formset.initial_forms:
            data |= {f"{each.prefix}-{name}": each[name].value() for name in each.fields}
    sent = (data | changed).items()
    return {name: value for name, value in sent if value is not None and value is not False}
