"""People and where they serve: User, the tree of offices, and dated posts."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.deputy_rows import Deputy
from servicedesk.accounts.entrance_rows import BrokenGlass, Identity, PhoneCode, Recovery, Sitting
from servicedesk.accounts.sms_rows import SmsMessage, SmsTemplate

__all__ = [
    "BrokenGlass",
    "Deputy",
    "Identity",
    "Office",
    "PhoneCode",
    "Post",
    "Recovery",
    "Sitting",
    "SmsMessage",
    "SmsTemplate",
    "User",
]


class UserQuerySet(models.QuerySet["User"]):
    def staff(self) -> UserQuerySet:
        return self.filter(is_active=True, is_staff=True)

    def serving(self, office: Office, role: str, on: date) -> UserQuerySet:
        """Active users who hold `role` at `office` on that day, in a fixed order."""
        posts = Post.objects.current(on).filter(office=office, role=role)
        return self.filter(is_active=True, pk__in=posts.values("user")).order_by("pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Return a system administrator: runs the machine, holds no case rights."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(
        _("log-in name"),
        max_length=64,
        unique=True,
        error_messages={"unique": _("This log-in name is taken.")},
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    phone = models.CharField(_("mobile number"), max_length=32, null=True, blank=True, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    wecom_id = models.CharField(_("name in WeCom"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    is_staff = models.BooleanField(_("member of staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo user"), default=False)
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Office(models.Model):
    class Sort(models.TextChoices):
        CENTRE = "centre", _("service centre")
        BUREAU = "bureau", _("bureau")
        TOWN = "town", _("town or subdistrict")
        ZONE = "zone", _("zone committee")
        UTILITY = "utility", _("utility outside the wall")
        SUPERVISION = "supervision", _("supervision office")
        GOVERNMENT = "government", _("government")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=120, blank=True)
    sort = models.CharField(_("sort"), max_length=16, choices=Sort.choices, default=Sort.BUREAU)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent office"),
    )
    is_vertical = models.BooleanField(
        _("vertical body"), default=False, help_text=_("Led from above (垂直管理), not by the city.")
    )
    duties = models.TextField(_("duties"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_open = models.BooleanField(_("receives matters"), default=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.title()

    def title(self, language: str | None = None) -> str:
        """Name of the office in `language` (the active one by default), Chinese where no other is known."""
        names = {"en": self.name_en, "ru": self.name_ru}
        return names.get((language or get_language() or "")[:2]) or self.name

    def clean(self) -> None:
        above, seen = self.parent, {self.pk}
        while above is not None:
            if above.pk in seen and above.pk is not None:
                raise ValidationError({"parent": _("An office cannot be above itself.")})
            seen.add(above.pk)
            above = above.parent


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, on: date) -> PostQuerySet:
        return self.filter(Q(until=None) | Q(until__gte=on), since__lte=on)


class Post(models.Model):
    """Who serves where and as what, from a day to a day (both included)."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("officer")
        HEAD = "head", _("head of office")
        DISPATCHER = "dispatcher", _("dispatcher")
        LEADER = "leader", _("leader in charge")
        MANAGER = "manager", _("manager")
        SUPERVISOR = "supervisor", _("supervisor")
        STATISTICIAN = "statistician", _("statistician")
        AUDITOR = "auditor", _("auditor")
        SECURITY = "security", _("security administrator")
        SYSTEM = "system", _("system administrator")

    # 等保2.0 separates the three administrators from the business: they hold no case rights.
    WITHOUT_CASES = frozenset({Role.AUDITOR, Role.SECURITY, Role.SYSTEM})

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("user"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="posts", verbose_name=_("office"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "office", "role", "since"], name="one_post_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="post_ends_after_it_begins",
                violation_error_message=_("A post cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=models.F("user")),
                name="nobody_grants_themselves",
                violation_error_message=_("Nobody may grant a post to themselves."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.office} · {self.get_role_display()}"

    def clean(self) -> None:
        if self.user_id is None or not self.role or not self.since:
            return
        others = Post.objects.filter(user=self.user_id).exclude(pk=self.pk)
        overlapping = [post for post in others if self.overlaps(post)]
        apart = self.role in self.WITHOUT_CASES
        if any((post.role in self.WITHOUT_CASES) != apart for post in overlapping):
            raise ValidationError(
                {
                    "role": _(
                        "An auditor, security or system administrator cannot hold a post with case rights."
                    )
                }
            )

    def overlaps(self, other: Post) -> bool:
        last = date.max
        return self.since <= (other.until or last) and other.since <= (self.until or last)
