"""Files the demo hands in: one small PDF under the names of the papers that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import HandedIn, ItemPaper
from servicedesk.accounts.models import User
from servicedesk.desk import actions, files
from servicedesk.desk.models import Attachment, Case
from servicedesk.desk.pdf import Paper


class Folder:
    """Hands in papers. All of them are one sheet, which says that it is one of the demonstration: the first
    is attached, the others name the same stored file, as the parts of a bundle do with those of the whole."""

    def __init__(self) -> None:
        self._kept: Attachment | None = None

    def hand_in(
        self, case: Case, items: Iterable[Mapping[str, Any]], *, by: User, at: datetime, most: int
    ) -> None:
        """Put up to `most` of the papers that are needed in any case on the draft, each once."""
        names: dict[str, str] = {}
        for item in items:
            for paper in item["papers"]:
                if paper["need"] == ItemPaper.Need.NECESSARY and not paper["condition"]:
                    names.setdefault(paper["code"], paper["name"]["zh-hans"])
        self.add(case, dict(list(names.items())[:most]), by=by, at=at)

    def add(self, case: Case, names: Mapping[str, str], *, by: User, at: datetime) -> None:
        """Put a sheet on the draft for each code of a paper, under its name."""
        kept = self._kept = self._kept or actions.attach(case, by=by, at=at, file=self._sheet())
        rows = Attachment.objects.bulk_create(
            Attachment(
                case=case,
                by=by,
                sha256=kept.sha256,
                size=kept.size,
                name=f"{name[:60]}.pdf",
                mime=kept.mime,
                path=kept.path,
                public=True,
                at=at,
            )
            for name in names.values()
        )
        HandedIn.objects.bulk_create(
            HandedIn(case=case, code=code, attachment=row) for code, row in zip(names, rows, strict=True)
        )

    def _sheet(self) -> files.Checked:
        paper = Paper("演示材料")
        paper.paragraph("本材料由演示数据生成，不是真实材料。")
        return files.check(SimpleUploadedFile("演示材料.pdf", paper.bytes(), content_type="application/pdf"))
