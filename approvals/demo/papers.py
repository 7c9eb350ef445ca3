"""Files the demo hands in: one small PDF under the names of the papers an item asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import HandedIn, ItemPaper
from servicedesk.accounts.models import User
from servicedesk.desk import actions, files
from servicedesk.desk.models import Case
from servicedesk.desk.pdf import Paper


class Folder:
    """Hands in papers. All of them are the same sheet, which says that it is one of the demonstration."""

    def __init__(self) -> None:
        sheet = Paper("演示材料")
        sheet.paragraph("本材料由演示数据生成，不是真实材料。")
        upload = SimpleUploadedFile("材料.pdf", sheet.bytes(), content_type="application/pdf")
        self._sheet = files.check(upload)

    def hand_in(
        self, case: Case, items: list[Mapping[str, Any]], *, by: User, at: datetime, most: int
    ) -> None:
        """Put up to `most` of the papers that are needed in any case on the draft, each once."""
        names: dict[str, str] = {}
        for item in items:
            for paper in item["papers"]:
                if paper["need"] == ItemPaper.Need.NECESSARY and not paper["condition"]:
                    names.setdefault(paper["code"], paper["name"]["zh-hans"])
        for code, name in list(names.items())[:most]:
            self.add(case, code, name, by=by, at=at)

    def add(self, case: Case, code: str, name: str, *, by: User, at: datetime) -> None:
        file = actions.attach(case, by=by, at=at, file=replace(self._sheet, name=f"{name[:60]}.pdf"))
        HandedIn.objects.create(case=case, code=code, attachment=file)
