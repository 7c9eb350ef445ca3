"""The search box on the home page: a number leads to the look-up, words to the pages that answer them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NUMBER = re.compile(r"^[A-Za-z]{1,4}-?\d{4}-?\d{3,}$")


@dataclass(frozen=True)
class Place:
    """A page worth finding, with the words people use for it in any of the languages."""

    name: str
    title: str | Promise
    about: str | Promise
    words: str
    kwargs: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        try:
            return reverse(self.name, kwargs=dict(self.kwargs))
        except NoReverseMatch:
            return ""


PLACES = (
    Place(
        "desk:start",
        _("Direct line: tell us what is wrong"),
        _("Water, power, roads, permits, subsidies: anything outside your walls."),
        "直通车 诉求 投诉 反映 问题 困难 求助 道路 积水 停电 水 电 气 热 噪声 补贴 政策 招工 贷款 用地 "
        "complaint request problem road water power gas help direct line "
        "запрос жалоба проблема дорога вода помощь",
        (("kind", "direct-line"),),
    ),
    Place(
        "desk:track",
        _("Look up a matter by its number"),
        _("With the number and the secret from your confirmation."),
        "查询 进度 编号 查进度 办到哪 密码 track status number look up progress номер статус проверить",
    ),
    Place(
        "desk:matters",
        _("My matters"),
        _("All matters of your company, what waits for you first."),
        "我的 办件 企业 登录 my matters company мои дела",
    ),
    Place(
        "desk:calculator",
        _("Working-day calculator"),
        _("When does a term end, and why on that day?"),
        "工作日 计算 日历 节假日 调休 期限 时限 几天 "
        "working day calculator calendar holiday term календарь рабочий день срок",
    ),
    Place(
        "portal:help",
        _("Help"),
        _("How the direct line works, and whom you can call."),
        "帮助 怎么 如何 电话 联系 log in password help phone contact how помощь как телефон вход пароль",
    ),
    Place(
        "portal:accessibility",
        _("Accessibility"),
        _("Large text, keyboard, screen readers."),
        "大字 适老 无障碍 老年 accessibility large text keyboard доступность крупный",
    ),
    Place(
        "portal:privacy",
        _("Privacy"),
        _("What we keep about you, why, and how long."),
        "隐私 个人信息 删除 privacy data delete персональные данные",
    ),
)


def is_number(asked: str) -> bool:
    return bool(NUMBER.match(asked.strip()))


def found(asked: str) -> list[Place]:
    """Places that answer `asked`, the best first; Chinese is compared by pairs of characters."""
    grams = _grams(asked)
    ranked = [(len(grams & _grams(f"{place.title} {place.about} {place.words}")), place) for place in PLACES]
    hits = [(score, place) for score, place in ranked if score and place.url]
    return [place for _score, place in sorted(hits, key=lambda hit: -hit[0])]


def _grams(text: str) -> set[str]:
    grams: set[str] = set()
    for word in re.findall(r"[a-zа-яё]+|[\u4e00-\u9fff]+", text.lower()):
        if word[0] < "\u4e00":
            grams.add(word[:5])
        else:
            grams.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
    return grams
