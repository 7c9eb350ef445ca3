"""Why a sign-up stands where it stands, in words for company and staff alike."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enterprises.models import Rule, SignUp, Standing

SENTENCES: dict[tuple[str, str], str | Promise] = {
    (Standing.SELECTED, Rule.THEME): _(
        "Your industry fits the theme, and you were number %(position)d of %(quota)d places in the order of"
        " sign-up."
    ),
    (Standing.SELECTED, Rule.FIRST_COME): _(
        "You were number %(position)d of %(quota)d places in the order of sign-up."
    ),
    (Standing.SELECTED, Rule.MOVED_UP): _(
        "Another company declined, and you were the first on the waiting list."
    ),
    (Standing.SELECTED, Rule.BY_HAND): _("The organisers gave you a place: %(reason)s"),
    (Standing.WAITING, Rule.FULL): _(
        "All %(quota)d places went to companies that signed up before you. You are number %(position)d on the"
        " waiting list."
    ),
    (Standing.WAITING, Rule.THEME): _(
        "Companies of the theme's industries go first. You are number %(position)d on the waiting list."
    ),
    (Standing.PASSED, Rule.RECENT): _(
        "Your company had a place at the breakfast of %(day)s. A company comes once in %(months)d months, so"
        " that others can."
    ),
}
NOT_YET = _("Sign-up is still open. Places are given once it has closed, by the rules below.")
DECLINED = _("Your company declined. The place goes to the first on the waiting list.")


def why(sign_up: SignUp) -> str:
    """The reason in the active language; empty where nothing more is to be said."""
    if sign_up.standing == Standing.ASKED:
        return str(NOT_YET)
    if sign_up.standing == Standing.DECLINED:
        return str(DECLINED)
    # Whoever came, or stayed away, had a place for the reason that still stands beside it.
    had_place = sign_up.standing in {Standing.ATTENDED, Standing.ABSENT}
    standing = Standing.SELECTED if had_place else sign_up.standing
    sentence = SENTENCES.get((standing, sign_up.rule))
    return str(sentence) % _facts(sign_up) if sentence else ""


def _facts(sign_up: SignUp) -> dict[str, Any]:
    facts = {"position": sign_up.position or 0, "quota": sign_up.breakfast.quota, **sign_up.facts}
    if "day" in facts:
        facts["day"] = date_format(date.fromisoformat(facts["day"]), "DATE_FORMAT")
    return facts
