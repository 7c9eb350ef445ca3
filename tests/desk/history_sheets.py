"""Workbooks as an older system gives them out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADINGS = [
    "留言编号",
    "留言用户",
    "留言主题",
    "留言时间",
    "留言详情",
    "点赞数",
    "答复意见",
    "答复时间",
    "一级标签",
]
MAPPING = {
    "subject": "留言主题",
    "text": "留言详情",
    "received": "留言时间",
    "answer": "答复意见",
    "answered": "答复时间",
}
MAP = [f"--map={name}={heading}" for name, heading in MAPPING.items()]


def row(
    number: object = 1,
    received: object = "2019/12/30 17:53",
    answered: object = "2020-1-9 10:22:12",
    *,
    subject: object = "厂门口积水",
    text: object = "\n\t\t厂门口积水，货车进不来。",
    answer: object = "您好，已清淤。",
) -> list[Any]:
    return [number, "A00012345", subject, received, text, 0, answer, answered, "城乡建设"]


def book(rows: Sequence[Sequence[Any]], *, above: Sequence[Sequence[Any]] = (), first: str = "") -> bytes:
    """An xlsx file of these rows under the headings; with `first`, after another sheet of that name."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    if first:
        sheet.title = first
        sheet.append(["说明"])
        sheet = workbook.create_sheet("留言")
    for each in [*above, HEADINGS, *rows]:
        sheet.append(list(each))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
