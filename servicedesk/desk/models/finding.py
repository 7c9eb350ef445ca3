"""How matters are found again: the words they are searched by, and the views people keep."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models.case import Case


class Grams(models.TextField):
    """Grams with a blank between two. PostgreSQL has an index of them, made by a migration of its own."""


@Grams.register_lookup
class Holds(models.Lookup):
    """Whether all these grams are among those of the row; on PostgreSQL only, where the index is."""

    lookup_name = "holds"

    def get_prep_lookup(self) -> Any:
        return " ".join(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        sql = f"string_to_array({left}, ' ') @> string_to_array({right}, ' ')"
        return sql, [*left_params, *right_params]


class CaseWords(models.Model):
    """What a matter may be found by, folded, and its grams; written in the transaction that changes a word of
    it, and gone with the words when they are erased."""

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="sought", verbose_name=_("case")
    )
    text = models.TextField(_("words"), blank=True)
    grams = Grams(_("grams"), blank=True)

    class Meta:
        verbose_name = _("words of a case")
        verbose_name_plural = _("words of cases")

    def __str__(self) -> str:
        return str(self.case_id)


class SavedFilter(models.Model):
    """A view of the queue somebody keeps under a name; with an office, all who serve there see it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name=_("owner")
    )
    office = models.ForeignKey(
        Office,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_filters",
        verbose_name=_("shared with"),
    )
    name = models.CharField(_("name"), max_length=40)
    # The part of an address behind the question mark.
    query = models.CharField(_("filter"), max_length=500)
    is_start = models.BooleanField(_("opens first"), default=False)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_filter_a_name"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_start=True), name="one_filter_opens_first"
            ),
        ]

    def __str__(self) -> str:
        return self.name
