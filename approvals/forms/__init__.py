"""Forms made from the rows of the catalogue."""

from approvals.forms.answers import AnswersForm
from approvals.forms.builder import form_for

__all__ = ["AnswersForm", "form_for"]
