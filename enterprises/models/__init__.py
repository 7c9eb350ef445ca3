"""The company register, breakfasts, and the details of the kinds of case this app brings."""

from enterprises.models.bad_review import BadReview
from enterprises.models.breakfast import Breakfast, Seat, SeatSkip
from enterprises.models.breakfast_sign_up import BreakfastReminder, Rule, SignUp, Standing
from enterprises.models.breakfast_words import BreakfastPromise, LookBackMatter, PromiseMatter, RaisedTopic
from enterprises.models.claim import ClaimObjection, CompanyClaim
from enterprises.models.company import Company, CompanyYear, Contact
from enterprises.models.complaint import ComplaintMatter, ComplaintRoute
from enterprises.models.direct_line import DirectLineMatter
from enterprises.models.duty import DispatchRule, ReturnReason, Ruling, Urgency
from enterprises.models.escalation import EscalationBrief, EscalationLevel
from enterprises.models.hand_over import HandOver
from enterprises.models.industry import Industry
from enterprises.models.invitation import Invitation
from enterprises.models.merge import CompanyMerge
from enterprises.models.outside import OutsideBody
from enterprises.models.oversight import Circular, OversightOrder
from enterprises.models.revisit import Revisit, RevisitLink
from enterprises.models.service_manager import ServiceManager
from enterprises.models.size import SizeBound, SizeScope, method_on
from enterprises.models.tag import Tag, TagSort
from enterprises.models.topic import Topic
from enterprises.models.town import Town

__all__ = [
    "BadReview",
    "Breakfast",
    "BreakfastPromise",
    "BreakfastReminder",
    "Circular",
    "ClaimObjection",
    "Company",
    "CompanyClaim",
    "CompanyMerge",
    "CompanyYear",
    "ComplaintMatter",
    "ComplaintRoute",
    "Contact",
    "DirectLineMatter",
    "DispatchRule",
    "EscalationBrief",
    "EscalationLevel",
    "HandOver",
    "Industry",
    "Invitation",
    "LookBackMatter",
    "OutsideBody",
    "OversightOrder",
    "PromiseMatter",
    "RaisedTopic",
    "ReturnReason",
    "Revisit",
    "RevisitLink",
    "Rule",
    "Ruling",
    "Seat",
    "SeatSkip",
    "ServiceManager",
    "SignUp",
    "SizeBound",
    "SizeScope",
    "Standing",
    "Tag",
    "TagSort",
    "Topic",
    "Town",
    "Urgency",
    "method_on",
]
