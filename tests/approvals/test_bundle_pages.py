"""The pages of a bundle: what is offered, how it stands, what waits for what."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.bundles.network import drawn, wide, wrapped
from approvals.bundles.panel import Line, lines_of
from approvals.models import Application, BundleApplication, HandedIn
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Attachment, CalendarNotice, Case, Clock
from tests.approvals import opening
from tests.approvals.opening import ALL, BANK, LICENCE, SEAL, TAX, Founder
from tests.make import again, moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"
START, TEN = moment("2026-03-02 09:00"), moment("2026-03-02 10:00")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def qian(people: Cast) -> Founder:
    return opening.founder()


def page(client: Client, user: User | None, path: str) -> str:
    if user is not None:
        client.force_login(user, backend=BACKEND)
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200, path
    return response.content.decode()


def drawing(html: str) -> ElementTree.Element:
    """The network, read as strictly as XML is."""
    found = re.search(r'<svg class="net wide".*?</svg>', html, re.DOTALL)
    assert found is not None
    return ElementTree.fromstring(found[0])


# What is offered


def test_everybody_reads_what_a_bundle_consists_of_and_when_it_would_be_done(client: Client) -> None:
    html = page(client, None, reverse("approvals:bundle", args=["company-opening"]))
    assert html.count('type="checkbox"') == 8
    assert html.count(" checked") == 8
    assert len(drawing(html).findall("g[@class]")) == 7 + 8
    assert f'action="{reverse("desk:start", args=["bundle"])}"' in html
    assert " style=" not in html


def test_a_choice_is_worked_out_and_drawn(client: Client) -> None:
    path = reverse("approvals:bundle", args=["company-opening"])
    html = page(client, None, f"{path}?bundle=company-opening&take={TAX}&take={BANK}")
    assert html.count(" checked") == 2
    assert len(drawing(html).findall("g[@class]")) == 2


@pytest.mark.parametrize("path", ["/bundles/nothing/", "/bundles/company-opening/?take=nothing"])
def test_what_is_not_offered_has_no_page(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


# From the choice to the number


FULL: dict[str, Any] = {
    "applied_by": "self",
    "managers": [{"name": "赵一", "identity": "370281199001010010", "post": "执行董事"}],
    "shareholders": [
        {"name": "赵一", "identity": "370281199001010010", "amount": "100", "paid_by": "2030-01-01"}
    ],
}


def begun(client: Client, qian: Founder, *take: str) -> Case:
    """A draft opened from the start page, with every answer and paper it needs."""
    client.force_login(qian.user, backend=BACKEND)
    query = "&".join(["bundle=company-opening", *(f"take={code}" for code in take)])
    path = f"{reverse('desk:start', args=['bundle'])}?{query}"
    assert client.get(path).status_code == 200
    assert client.post(path, {"form_key": str(uuid.uuid4())}).status_code == 302
    case = Case.objects.get(kind="bundle", state="draft")
    BundleApplication.objects.update_or_create(case=case, defaults={"answers": opening.ANSWERS | FULL})
    for code in ("articles", "shareholder-identity", "appointments", "premises-proof"):
        file = Attachment.objects.create(
            case=case, by=qian.user, sha256="0" * 64, size=3, name=f"{code}.pdf", mime="application/pdf",
            path=f"attachments/{code}", at=case.opened_at,
        )  # fmt: skip
        HandedIn.objects.create(case=case, code=code, attachment=file)
    return case


def sent(client: Client, case: Case) -> Any:
    path = reverse("desk:check", args=["bundle", case.pk])
    html = client.get(path).content.decode()
    kept = {name: re.search(rf'name="{name}" value="([^"]+)"', html) for name in ("key", "seal")}
    assert all(kept.values()), html[-3000:]
    return client.post(path, {name: found[1] for name, found in kept.items() if found})


def test_a_choice_is_filled_in_once_checked_and_sent(client: Client, qian: Founder) -> None:
    case = begun(client, qian, LICENCE, SEAL)
    assert case.opening["chosen"] == [LICENCE, SEAL]
    response = sent(client, case)
    assert response.status_code == 302
    case = again(case)
    assert (case.state, case.title) == ("submitted", opening.NAME)
    assert opening.looks(case) == {LICENCE: "running", SEAL: "waiting"}
    answers = Application.objects.get(case=opening.part(case, LICENCE)).answers
    assert answers["shareholders"][0]["paid_by"] == "2030-01-01"
    assert HandedIn.objects.filter(case=opening.part(case, LICENCE)).count() == 4
    assert client.get(response.url).status_code == 200


def test_a_person_finds_no_form_without_the_licence(client: Client, qian: Founder) -> None:
    path = f"{reverse('desk:start', args=['bundle'])}?bundle=company-opening&take={SEAL}"
    html = page(client, qian.user, path)
    assert "form_key" not in html
    assert "form_key" in page(client, qian.user, f"{path}&take={LICENCE}")


def test_a_company_that_is_not_in_the_register_reads_on_the_check_page_why_it_needs_the_licence(
    client: Client, people: Cast
) -> None:
    case = begun(client, Founder(people.wang, people.company), SEAL)
    response = sent(client, case)
    assert response.status_code == 400
    assert "licence" in response.content.decode() or "执照" in response.content.decode()
    assert again(case).state == "draft"


# How it stands


def looks(whole: Case, reader: User, at: Any) -> dict[str, str]:
    return {line.code: line.look for line in lines_of(whole, reader, at)[0]}


def test_the_list_says_how_each_part_stands(qian: Founder) -> None:
    whole = opening.submitted(qian)
    assert looks(whole, qian.user, START) == {LICENCE: "running"} | dict.fromkeys(ALL[1:], "waiting")
    lines, expected = lines_of(whole, qian.user, START)
    assert lines[1].waits_for == ("Filing of company seals",) or lines[1].waits_for == (lines[0].name,)
    assert expected.at == moment("2026-03-02 13:45")
    whole = opening.licensed(whole, at=TEN)
    tax, officer = opening.part(whole, TAX), opening.officer("swj")
    actions.claim(tax, by=officer, at=TEN)
    actions.ask_supplement(again(tax), by=officer, at=TEN, text="缺。")
    opening.decide(opening.part(whole, BANK), at=TEN, outcome="refused")
    found = looks(whole, qian.user, TEN)
    assert (found[LICENCE], found[SEAL], found[TAX], found[BANK]) == ("done", "running", "papers", "refused")


def test_a_refused_licence_shows_the_rest_as_blocked(qian: Founder) -> None:
    whole = opening.submitted(qian)
    opening.decide(opening.part(whole, LICENCE), at=TEN, outcome="refused")
    lines, expected = lines_of(again(whole), qian.user, TEN)
    assert [line.look for line in lines] == ["refused", *["blocked"] * 7]
    assert all(line.waits_for == (lines[0].name,) for line in lines[1:])
    assert expected.at is None


def test_the_forecast_follows_what_happens(qian: Founder) -> None:
    whole = opening.submitted(qian)
    at = {
        "nothing yet": lines_of(whole, qian.user, START)[1].at,
        "late": lines_of(whole, qian.user, moment("2026-03-02 11:30"))[1].at,
    }
    whole = opening.licensed(whole, at=moment("2026-03-02 09:15"))
    at["early licence"] = lines_of(whole, qian.user, moment("2026-03-02 09:15"))[1].at
    tax, officer = opening.part(whole, TAX), opening.officer("swj")
    actions.claim(tax, by=officer, at=TEN)
    actions.ask_supplement(again(tax), by=officer, at=TEN, text="缺。")
    at["papers"] = lines_of(whole, qian.user, moment("2026-03-02 11:00"))[1].at
    assert at == {
        "nothing yet": moment("2026-03-02 13:45"),
        # The licence is due at 10:45 and still not there at 11:30.
        "late": moment("2026-03-02 14:31"),
        "early licence": moment("2026-03-02 10:45"),
        # As if the papers came at eleven: ninety minutes from then on.
        "papers": moment("2026-03-02 14:00"),
    }


def test_the_matter_shows_the_whole_as_a_list_and_as_a_drawing(client: Client, qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    html = page(client, qian.user, reverse("desk:matter", args=[whole.number]))
    svg = drawing(html)
    assert (svg.get("role"), svg[0].tag, svg[1].tag) == ("img", "title", "desc")
    assert svg.get("aria-labelledby") == f"{svg[0].get('id')} {svg[1].get('id')}"
    assert len(svg.findall("g[@class='box done']")) + len(svg.findall("g[@class='box done critical']")) == 1
    for child in Case.objects.filter(parent=whole):
        assert reverse("desk:matter", args=[child.number]) in html
    assert opening.NUMBER in html
    assert " style=" not in html


def test_no_element_of_the_drawing_carries_a_style_or_a_colour(client: Client, qian: Founder) -> None:
    whole = opening.submitted(qian)
    svg = drawing(page(client, qian.user, reverse("desk:matter", args=[whole.number])))
    assert not {name for each in svg.iter() for name in each.attrib} & {"style", "fill", "stroke"}


def test_a_part_says_what_it_is_part_of_and_how_the_others_stand(client: Client, qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    html = page(client, qian.user, reverse("desk:matter", args=[opening.part(whole, SEAL).number]))
    assert reverse("desk:matter", args=[whole.number]) in html
    assert reverse("desk:matter", args=[opening.part(whole, TAX).number]) in html


def test_an_officer_finds_links_only_to_what_is_theirs(client: Client, qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    police, seal, tax = opening.officer("gaj"), opening.part(whole, SEAL), opening.part(whole, TAX)
    html = page(client, police, reverse("admin:desk_case_change", args=[seal.pk]))
    assert reverse("admin:desk_case_change", args=[whole.pk]) in html
    assert str(tax.number) in html
    assert reverse("admin:desk_case_change", args=[tax.pk]) not in html
    html = page(client, police, reverse("admin:desk_case_change", args=[whole.pk]))
    assert reverse("admin:desk_case_change", args=[seal.pk]) in html
    assert reverse("admin:desk_case_change", args=[tax.pk]) not in html


def test_who_has_number_and_secret_sees_the_progress_without_a_link(client: Client, qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    response = client.post(reverse("desk:track"), {"number": whole.number, "secret": whole.secret})
    html = response.content.decode()
    assert drawing(html) is not None
    parts = Case.objects.filter(parent=whole)
    assert not any(reverse("desk:matter", args=[part.number]) in html for part in parts)


def test_a_matter_of_eight_parts_takes_a_fixed_number_of_questions(
    client: Client, qian: Founder, django_assert_max_num_queries: Any
) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    client.force_login(qian.user, backend=BACKEND)
    with django_assert_max_num_queries(36):
        assert client.get(reverse("desk:matter", args=[whole.number])).status_code == 200
    with django_assert_max_num_queries(8):
        lines_of(again(whole), qian.user, TEN)


def test_a_choice_of_eight_takes_a_fixed_number_of_questions(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/bundles/company-opening/")
    with django_assert_max_num_queries(16):
        client.get("/bundles/company-opening/")


def test_a_clock_that_stands_still_is_foreseen_as_if_it_went_on_now(qian: Founder) -> None:
    whole = opening.submitted(qian)
    part = opening.part(whole, LICENCE)
    part.opening["item"]["special"] = ["appraisal"]
    part.save(update_fields=["opening"])
    Clock.objects.filter(case=part).update(pausable=["appraisal"])
    officer = opening.officer("xzspj")
    actions.claim(part, by=officer, at=START)
    actions.pause(again(part), by=officer, at=TEN, category="appraisal", reason="鉴定", basis="法")
    # Forty-five of a hundred and five minutes are left; then the ninety of what waits for it.
    assert lines_of(whole, qian.user, moment("2026-03-02 11:00"))[1].at == moment("2026-03-02 14:45")


def test_today_is_foreseen_as_well(qian: Founder) -> None:
    at = timezone.now()
    whole = opening.submitted(qian, at=at)
    expected = lines_of(whole, qian.user, at)[1]
    assert expected.at is not None
    assert at < expected.at < at + timedelta(days=20)
    assert CalendarNotice.objects.exists()


# The drawing


def line(code: str, *after: str, name: str = "") -> Line:
    return Line(code, name or code, "局", "waiting", after)


def test_what_waits_stands_right_of_all_it_waits_for() -> None:
    network, narrow = drawn([line("d", "b", "c"), line("b", "a"), line("c", "a"), line("a")], {"a", "b", "d"})
    x = {box.node.code: box.x for box in network.boxes}
    assert x["a"] < x["b"] == x["c"] < x["d"]
    assert len(network.lines) == 4
    assert [each.is_critical for each in network.lines] == [False, False, True, True]
    spots = [(box.x, box.y) for box in network.boxes]
    assert len(set(spots)) == len(spots)
    assert narrow.width < 350 < network.width
    y = {box.node.code: box.y for box in narrow.boxes}
    assert y["a"] < y["b"] < y["c"] < y["d"]
    assert len(narrow.lines) == 4


def test_a_drawing_of_nothing_or_of_a_circle_is_a_drawing_all_the_same() -> None:
    assert [net.boxes for net in drawn([])] == [(), ()]
    assert [len(net.boxes) for net in drawn([line("a", "b"), line("b", "a")])] == [2, 2]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("税务局", ("税务局",)),
        ("税务信息确认和发票申领登记办理（含数电票）", ("税务信息确认和发票申领登记办理", "（含数电票）")),
        ("Filing of company seals", ("Filing of company seals",)),
        (
            "Registration of the employment of everybody who works here",
            ("Registration of the", "employment of everybody w…"),
        ),
        ("", ("",)),
    ],
)
def test_names_are_wrapped_into_two_lines(text: str, lines: tuple[str, ...]) -> None:
    found = wrapped(text)
    assert found == lines
    assert all(wide(each) <= 15 for each in found)


def test_my_matters_list_the_whole_and_of_its_parts_only_what_waits_for_me(
    client: Client, qian: Founder
) -> None:
    whole = opening.submitted(qian, at=START)
    part = opening.part(whole, LICENCE)
    path = reverse("desk:matters")
    before = page(client, qian.user, path)
    assert str(whole.number) in before and str(part.number) not in before
    officer = opening.officer("xzspj")
    actions.claim(part, by=officer, at=TEN)
    actions.ask_supplement(again(part), by=officer, at=TEN, text="缺章程。")
    assert str(part.number) in page(client, qian.user, path)
