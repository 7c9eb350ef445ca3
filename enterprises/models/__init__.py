"""The company register and the detail of a direct-line matter."""

from enterprises.models.company import Company, CompanyYear, Contact
from enterprises.models.direct_line import DirectLineMatter, Topic
from enterprises.models.industry import Industry
from enterprises.models.size import SizeBound, SizeScope, method_on
from enterprises.models.tag import Tag, TagSort
from enterprises.models.town import Town

__all__ = [
    "Company",
    "CompanyYear",
    "Contact",
    "DirectLineMatter",
    "Industry",
    "SizeBound",
    "SizeScope",
    "Tag",
    "TagSort",
    "Topic",
    "Town",
    "method_on",
]
