"""What a clock says, in words. Pure: amounts in, a sentence in the active language out.

Sentences take whole amounts ("%(amount)s left"), so that a language can turn them round; every counted
noun goes through ngettext, so that Russian has its three forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

HOUR, MINUTE = 3600, 60
MEGA = 1024 * 1024
# From this many days on the hours beside them are noise.
DAYS_ALONE = 3

# Pause categories 特别程序 (行政许可法 45) and those of the house, by their code.
CATEGORIES = {
    "hearing": gettext_lazy("hearing"),
    "tender": gettext_lazy("tender"),
    "auction": gettext_lazy("auction"),
    "inspection": gettext_lazy("inspection"),
    "testing": gettext_lazy("testing"),
    "quarantine": gettext_lazy("quarantine"),
    "appraisal": gettext_lazy("appraisal"),
    "expert_review": gettext_lazy("expert review"),
    "supplement": gettext_lazy("waiting for papers"),
    "consult": gettext_lazy("consultation"),
    "parked": gettext_lazy("kept for a later day"),
    "applicant": gettext_lazy("at the applicant's request"),
}


def category_words(code: str) -> str:
    """The pause category in words; an unknown code reads as it is written."""
    known = CATEGORIES.get(code.replace("-", "_"))
    return str(known) if known else code.replace("-", " ").replace("_", " ")


def days_words(days: int, unit: str = "working_days") -> str:
    if unit in {"calendar_days", "months", "years"}:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def time_words(seconds: int) -> str:
    """Hours and minutes; what is shorter than a minute still counts as one."""
    hours, minutes = divmod(max(1, seconds // MINUTE), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if minutes:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return " ".join(parts)


def amount_words(days: int, seconds: int, unit: str = "working_days") -> str:
    """“1 working day 3 hours”: the two largest measures that matter, never more."""
    if days >= DAYS_ALONE or (days and seconds < HOUR):
        return days_words(days, unit)
    if days:
        return f"{days_words(days, unit)} {time_words(seconds // HOUR * HOUR)}"
    return time_words(seconds)


def term_words(term: int, unit: str) -> str:
    """A limit as it is promised: 120 working minutes are “2 hours”, 15 working days “15 working days”."""
    if unit == "working_minutes":
        return time_words(term * MINUTE)
    if unit == "months":
        return ngettext("%(n)d month", "%(n)d months", term) % {"n": term}
    if unit == "years":
        return ngettext("%(n)d year", "%(n)d years", term) % {"n": term}
    return days_words(term, unit)


def due_moment(at: datetime, style: str) -> str:
    """When a term ends: midnight is told as 24:00 of the day that ends with it, as the law counts it."""
    local = timezone.localtime(at).replace(tzinfo=None)
    if local.time() != time():
        return date_format(local, style)
    return date_format(local - timedelta(days=1), style).replace("00:00", "24:00")


def badge_words(
    state: str, unit: str = "working_days", days: int = 0, seconds: int = 0, used: int = 0, category: str = ""
) -> str:
    """The badge's sentence. `state` is running, soon, late, paused, kept or missed; `days` and `seconds`
    are working time left (past the due moment where late), `used` the seconds a stopped clock took."""
    amount = amount_words(days, seconds, unit)
    match state:
        case "running" | "soon":
            return _("%(amount)s left") % {"amount": amount}
        case "late" if days == 0 and seconds < MINUTE:
            # Due at Friday's close and read on Sunday: late, though no office time has passed.
            return _("Late")
        case "late":
            return _("Late by %(amount)s") % {"amount": amount}
        case "paused" if category:
            return _("Paused: %(reason)s") % {"reason": category_words(category)}
        case "paused":
            return _("Paused")
        case "kept" if used and used < 24 * HOUR:
            return _("On time · took %(amount)s") % {"amount": time_words(used)}
        case "kept":
            return _("On time")
        case "missed":
            return _("Finished late")
    raise ValueError(f"A clock has no state {state}.")


# Kinds of rows in a clock statement, and what their reasons say (by the codes of `servicedesk.clock`).
ROWS = {
    "not_started": gettext_lazy("Not counted"),
    "counted": gettext_lazy("Counted"),
    "late": gettext_lazy("Over the limit"),
    "closed": gettext_lazy("No office hours"),
    "outside": gettext_lazy("Outside office hours"),
    "lunch": gettext_lazy("Break between office hours"),
    "weekend": gettext_lazy("Weekend"),
    "holiday": gettext_lazy("Public holiday"),
    "pause": gettext_lazy("Clock stopped"),
}
REASONS = {
    "make-up": gettext_lazy("make-up working day: %(name)s (%(source)s)"),
    "switched-on": gettext_lazy("working day: %(name)s"),
    "day-running": gettext_lazy("this day has not closed yet"),
    "last-day": gettext_lazy("the last day moved on to this working day (Civil Code 203)"),
    "holiday": gettext_lazy("%(name)s (%(source)s)"),
    "holiday-provisional": gettext_lazy("%(name)s (%(source)s); no notice for this year yet"),
    "day-off": gettext_lazy("day off: %(name)s"),
    "pause": gettext_lazy("%(reason)s"),
    "not-started": gettext_lazy("the day of the event (Civil Code 201)"),
}

# What the calendar and the limits are shipped with, as they write it; what the city enters is shown as it is.
SHIPPED = {
    "元旦": gettext_lazy("New Year"),
    "春节": gettext_lazy("Spring Festival"),
    "清明节": gettext_lazy("Qingming Festival"),
    "劳动节": gettext_lazy("Labour Day"),
    "端午节": gettext_lazy("Dragon Boat Festival"),
    "中秋节": gettext_lazy("Mid-Autumn Festival"),
    "国庆节": gettext_lazy("National Day"),
    "《全国年节及纪念日放假办法》第二条": gettext_lazy("Regulation on National Holidays, art. 2"),
    "胶州市企业服务台承诺": gettext_lazy("Promise of the Jiaozhou enterprise service desk"),
    "胶州市企业服务台承诺（自企业提交之时起算）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (counted from the company's submission)"
    ),
    "山东省企业诉求“2115”办理机制（2023年5月起，自承办单位接收之时起算）": gettext_lazy(
        "Shandong's “2115” rules for companies' matters (since May 2023; counted from the office's receipt)"
    ),
    "胶州市企业服务台承诺（不属受理范围的，告知应找的机关）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (naming the right body for what is not ours)"
    ),
    "胶州市企业服务台约定（答复后请企业表态的期限）": gettext_lazy(
        "Rule of the Jiaozhou enterprise service desk (time to say whether it is solved)"
    ),
    "胶州市企业服务台约定（答复后请投诉人表态的期限）": gettext_lazy(
        "Rule of the Jiaozhou enterprise service desk (time for the complainant to say whether it is solved)"
    ),
    "胶州市企业服务台承诺（差评回访）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (call-back after a bad review)"
    ),
    "胶州市企业服务台承诺（差评整改）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (rectification after a bad review)"
    ),
    "胶州市企业服务台承诺（停产停工）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (production stopped)"
    ),
    "胶州市企业服务台承诺（安全隐患）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (danger to safety)"
    ),
    "胶州市企业服务台承诺（水电气热中断）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (water, power, gas or heat cut off)"
    ),
    "胶州市企业服务台承诺（对单位的投诉，参照省政务服务投诉热线）": gettext_lazy(
        "Promise of the Jiaozhou enterprise service desk (complaints, after the provincial hotline)"
    ),
    "省级政务服务投诉热线办理时限（2017年，15个工作日，可延长7个工作日）": gettext_lazy(
        "Provincial complaints hotline of government services, 2017: 15 working days, 7 more if extended"
    ),
    "保障中小企业款项支付条例（国务院令第802号，自收到投诉材料之日起）": gettext_lazy(
        "Regulation on Payments to SMEs (State Council Decree No. 802; from receipt of the complaint)"
    ),
}


def shipped_words(text: str) -> str:
    """A holiday (国庆节、中秋节), its source or a limit's basis in the active language, if it is ours."""
    parts = text.split("、")
    if (get_language() or "").startswith("zh") or not all(part in SHIPPED for part in parts):
        return text
    return ", ".join(str(SHIPPED[part]) for part in parts)


def row_words(kind: str, code: str = "", params: Mapping[str, str] | None = None) -> str:
    """What a row of the statement counts as, and why where that says more than the kind."""
    said = str(ROWS.get(kind, kind.replace("_", " ")))
    params = dict(params or {})
    if code == "pause":
        params["reason"] = category_words(params.get("reason", ""))
    for word in params.keys() & {"name", "source"}:
        params[word] = shipped_words(params[word])
    why = str(REASONS[code]) % params if code in REASONS else ""
    return _("%(done)s: %(what)s") % {"done": said, "what": why} if why else said


def size_words(octets: int) -> str:
    """A file size with one decimal at most: 820 KB, 1.2 MB."""
    if octets < MEGA:
        return _("%(n)s KB") % {"n": max(1, round(octets / 1024))}
    value = round(octets / MEGA, 1)
    return _("%(n)s MB") % {"n": number_format(value, 0 if value.is_integer() else 1)}
