"""Days, terms and numbers as official papers write them. A paper is Chinese whoever reads it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import override

from approvals.documents.regimes import SPECIAL_PROCEDURES, title_of
from approvals.models import Document
from servicedesk.desk import words

HALF_DAY = 195  # working minutes of the usual office day, 09:00–12:00 and 13:30–17:00, halved
UNITS = {
    "working_days": "个工作日",
    "calendar_days": "日",
    "months": "个月",
    "years": "年",
}


def day(at: datetime | date | str) -> str:
    """2026年3月2日, in the desk's own time."""
    on = _local(at)
    return f"{on.year}年{on.month}月{on.day}日" if on else ""


def moment(at: datetime | str) -> str:
    on = _local(at)
    return f"{day(at)}{on.hour}时{on.minute:02}分" if isinstance(on, datetime) else day(at)


def _local(at: datetime | date | str) -> datetime | date | None:
    if isinstance(at, str):
        at = datetime.fromisoformat(at) if at else ""
    if isinstance(at, datetime):
        return timezone.localtime(at)
    return at if isinstance(at, date) else None


def term(amount: int, unit: str) -> str:
    """5个工作日; working minutes as half days, as one promises them, or as hours and minutes."""
    if unit != "working_minutes":
        return f"{amount}{UNITS[unit]}"
    if amount % HALF_DAY == 0:
        return f"{amount / HALF_DAY / 2:g}个工作日"
    hours, minutes = divmod(amount, 60)
    said = f"{hours}小时" if hours else ""
    return f"{said}{f'{minutes}分钟' if minutes else ''}（工作时间）"


def law(title: str, number: str, article: str) -> str:
    """《…》（…）第…条."""
    return f"《{title.strip('《》')}》{f'（{number}）' if number else ''}{article}"


def category(code: str) -> str:
    known = SPECIAL_PROCEDURES.get(code)
    if known:
        return known
    with override("zh-hans"):
        return words.category_words(code)


def title(document: Document) -> str:
    return title_of(document.sort, document.facts)


def number(document: Document) -> str:
    """胶州市住建局〔2026〕12号: the office's name stands where letters of its own (机关代字) would."""
    return f"{document.facts['office']}〔{document.year}〕{document.number}号"
