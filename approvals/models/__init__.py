from approvals.models.application import Application, HandedIn, NamedItem
from approvals.models.bundle import Bundle, BundleApplication, BundleItem
from approvals.models.construction import (
    PermitLife,
    PermitSeries,
    Project,
    StageApplication,
    StageCondition,
    StageRule,
    Staging,
)
from approvals.models.document import Document, DocumentSeries, Licence
from approvals.models.item import ItemField, ItemLaw, ItemPaper, ServiceItem, Stage

__all__ = [
    "Application",
    "Bundle",
    "BundleApplication",
    "BundleItem",
    "Document",
    "DocumentSeries",
    "HandedIn",
    "ItemField",
    "ItemLaw",
    "ItemPaper",
    "Licence",
    "NamedItem",
    "PermitLife",
    "PermitSeries",
    "Project",
    "ServiceItem",
    "Stage",
    "StageApplication",
    "StageCondition",
    "StageRule",
    "Staging",
]
