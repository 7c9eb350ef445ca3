"""The search box on the home page: a number leads to the look-up, words to the pages and the service items
that answer them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.portal.lives import Entry, entries

MOST_FOUND = 20
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
        "desk:start",
        _("Complaint about an office"),
        _("It does not see your complaint; another office handles it."),
        "投诉 举报 态度 推诿 拖延 不作为 单位 窗口 督查 "
        "complaint office rude delay refuse supervision жалоба на орган",
        (("kind", "complaint"),),
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
        "approvals:guides",
        _("Everything you can apply for"),
        _("Guides with papers, limits, fees and law, by office and stage of life."),
        "办事 指南 事项 许可 审批 证照 申请 材料 目录 "
        "guide items licence permit apply руководство услуги разрешение",
    ),
    Place(
        "approvals:projects",
        _("My building projects"),
        _("Construction permits in stages, their dates and their certificates."),
        "项目 施工 许可 分阶段 基坑 建设 开工 construction permit project стройка разрешение",
    ),
    Place(
        "enterprises:breakfasts",
        _("Entrepreneurs’ breakfasts"),
        _("Sign up, say what you want to talk about, see what was promised and kept."),
        "早餐会 报名 领导 座谈 承诺 breakfast sign up meeting завтрак встреча",
    ),
    Place(
        "approvals:verify_code",
        _("Verify a licence"),
        _("Whether a licence of this city holds, by its number or its code."),
        "证照 核验 验证 二维码 真伪 licence verify QR проверить лицензию",
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


def found(asked: str, on: date) -> list[Place | Entry]:
    """Pages, service items and bundles that answer `asked`, the best first; Chinese is compared by pairs of
    characters, and what the name itself says weighs more than what is said of it."""
    grams = _grams(asked)
    places: list[Place | Entry] = [*PLACES, *entries(on)]
    ranked = [(_score(grams, place), place) for place in places]
    hits = [(score, place) for score, place in ranked if score and place.url]
    return [place for _score, place in sorted(hits, key=lambda hit: -hit[0])][:MOST_FOUND]


def _score(grams: set[str], place: Place | Entry) -> int:
    return 2 * len(grams & _grams(str(place.title))) + len(grams & _grams(f"{place.about} {place.words}"))


def _grams(text: str) -> set[str]:
    grams: set[str] = set()
    for word in re.findall(r"[a-zа-яё]+|[\u4e00-\u9fff]+", text.lower()):
        if word[0] < "\u4e00":
            grams.add(word[:5])
        else:
            grams.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
    return grams
