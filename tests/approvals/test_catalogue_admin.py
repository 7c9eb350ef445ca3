"""The catalogue in the admin: who may look, take it away, bring a file in and publish a draft."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.catalogue.reading import catalogue_in
from approvals.catalogue.writing import bring, chain_of
from approvals.models import ServiceItem
from servicedesk.desk.models import Event, Limit
from tests.entering import enter_desk
from tests.people import Cast, cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
ITEMS, BUNDLES = "/desk/approvals/serviceitem/", "/desk/approvals/bundle/"
CHANGE = "limits: [{{subject: food-licence, clock: promised, term: {}, basis: 局务会, valid_from: {}}}]"


@pytest.fixture(autouse=True)
def stored(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people() -> Cast:
    return cast()


def tomorrow() -> str:
    return (timezone.localdate() + timedelta(days=1)).isoformat()


def entered(client: Client, user: Any) -> Client:
    user.language = "en"
    client.cookies["django_language"] = "en"
    return enter_desk(client, user)


def upload(client: Client, text: str, on: str = "") -> Any:
    file = SimpleUploadedFile("catalogue.yaml", text.encode())
    return client.post(f"{ITEMS}import/", {"file": file, "on": on or timezone.localdate().isoformat()})


def confirmation(page: Any) -> str:
    found = re.search(r'name="confirm" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_an_officer_looks_and_takes_the_catalogue_away_but_brings_nothing_in(
    client: Client, people: Cast
) -> None:
    entered(client, people.alice)
    item = ServiceItem.objects.get(code="food-licence")
    for path in (ITEMS, f"{ITEMS}{item.pk}/change/", BUNDLES, f"{ITEMS}export/xlsx/", f"{ITEMS}export/yaml/"):
        assert client.get(path).status_code == 200, path
    assert "import/" not in client.get(ITEMS).content.decode()
    assert client.get(f"{ITEMS}import/").status_code == 403
    assert upload(client, CHANGE.format(3, tomorrow())).status_code == 403
    assert client.post(f"{ITEMS}{item.pk}/publish/").status_code == 403
    assert client.get(f"{ITEMS}add/").status_code == 403
    assert client.post(f"{ITEMS}{item.pk}/change/", {"visits": 9}).status_code == 403
    assert client.post(f"{ITEMS}{item.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_applicant_and_a_stranger_see_nothing_of_it(client: Client, people: Cast) -> None:
    for user in (None, people.wang):
        if user:
            client.force_login(user)
        for path in (ITEMS, f"{ITEMS}import/", f"{ITEMS}export/yaml/"):
            assert client.get(path).status_code in {302, 403}, path


@pytest.mark.parametrize("who", ["diana", "grace"])
def test_the_centre_brings_a_file_in_after_seeing_what_it_would_change(
    client: Client, people: Cast, who: str
) -> None:
    user = getattr(people, who)
    entered(client, user)
    assert client.get(f"{ITEMS}import/").status_code == 200
    seen = upload(client, CHANGE.format(3, tomorrow()))
    said = seen.content.decode()
    assert "food-licence.promised: 3 working days from" in said and "until then 5 working days" in said
    assert Limit.objects.filter(subject="food-licence", clock="promised").count() == 1
    done = client.post(f"{ITEMS}import/", {"confirm": confirmation(seen)}, follow=True)
    assert "1 change was made." in done.content.decode()
    assert Limit.objects.filter(subject="food-licence", clock="promised").count() == 2
    event = Event.objects.get(chain=chain_of("food-licence"))
    assert event.by == user and len(event.params["file"]) == 64


def test_faults_are_listed_and_there_is_nothing_to_confirm(client: Client, people: Cast) -> None:
    entered(client, people.diana)
    said = upload(client, CHANGE.format(99, tomorrow())).content.decode()
    assert "What is promised is longer than the statutory limit." in said and 'name="confirm"' not in said
    said = upload(client, "items: [").content.decode()
    assert "is not YAML" in said
    said = upload(client, CHANGE.format(3, tomorrow()), "2020-01-01").content.decode()
    assert "cannot lie in the past" in said
    said = upload(client, "items: [{code: food-licence, visits: 0}]").content.decode()
    assert "says already" in said and 'name="confirm"' not in said


def test_a_confirmation_that_was_tampered_with_or_used_is_refused(client: Client, people: Cast) -> None:
    entered(client, people.diana)
    token = confirmation(upload(client, CHANGE.format(3, tomorrow())))
    said = client.post(f"{ITEMS}import/", {"confirm": token + "x"}, follow=True).content.decode()
    assert "no longer there" in said and Limit.objects.filter(subject="food-licence").count() == 4
    client.post(f"{ITEMS}import/", {"confirm": token})
    said = client.post(f"{ITEMS}import/", {"confirm": token}, follow=True).content.decode()
    assert "no longer there" in said


def test_what_changed_between_dry_run_and_confirmation_is_checked_again(client: Client, people: Cast) -> None:
    entered(client, people.diana)
    day = timezone.localdate() + timedelta(days=1)
    token = confirmation(upload(client, CHANGE.format(8, day)))
    statutory = Limit.objects.get(subject="food-licence", clock="statutory")
    Limit.objects.filter(pk=statutory.pk).update(valid_until=timezone.localdate())
    Limit.objects.create(
        subject="food-licence", clock="statutory", term=7, unit="working_days", basis="x", valid_from=day
    )
    said = client.post(f"{ITEMS}import/", {"confirm": token}).content.decode()
    assert "longer than the statutory limit" in said
    assert Limit.objects.filter(subject="food-licence", clock="promised").count() == 1


def test_what_is_exported_is_a_file_that_comes_in_again(client: Client, people: Cast) -> None:
    entered(client, people.diana)
    for form in ("xlsx", "yaml"):
        answer = client.get(f"{ITEMS}export/{form}/")
        assert f".{form}" in answer["Content-Disposition"]
        report = bring(catalogue_in(answer.content), at=timezone.now(), dry_run=True)
        assert (report.faults, report.changes) == ([], [])
    assert client.get(f"{ITEMS}export/docx/").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ITEMS}export/xlsx/").content))
    assert book.sheetnames == ["事项", "依据", "材料", "表单", "时限", "套餐", "套餐事项"]


def test_a_draft_is_published_by_the_centre(client: Client, people: Cast) -> None:
    entered(client, people.diana)
    day = tomorrow()
    text = f"items: [{{code: food-licence, stage: draft, valid_from: {day}, visits: 1}}]"
    client.post(f"{ITEMS}import/", {"confirm": confirmation(upload(client, text))})
    draft = ServiceItem.objects.get(code="food-licence", stage="draft")
    page = client.get(f"{ITEMS}{draft.pk}/change/").content.decode()
    assert f'action="{ITEMS}{draft.pk}/publish/"' in page
    assert client.get(f"{ITEMS}{draft.pk}/publish/").status_code == 403
    said = client.post(f"{ITEMS}{draft.pk}/publish/", follow=True).content.decode()
    assert "ood-licence: edition 2 from" in said
    assert not ServiceItem.objects.filter(stage="draft").exists()
    assert client.post(f"{ITEMS}{draft.pk}/publish/").status_code == 404


def test_the_page_of_an_item_shows_everything_and_what_was_changed(client: Client, people: Cast) -> None:
    entered(client, people.diana)
    client.post(f"{ITEMS}import/", {"confirm": confirmation(upload(client, CHANGE.format(3, tomorrow())))})
    item = ServiceItem.objects.get(code="food-licence")
    said = client.get(f"{ITEMS}{item.pk}/change/").content.decode()
    for words in (
        "食品经营许可",
        "Licence to sell or serve food",
        "Разрешение на торговлю пищевыми продуктами",
        "主席令第二十一号",
        "Health certificates",
        "food_sort = catering, canteen",
        "catering: 餐饮服务经营者 | Serving meals",
        "3 working days",
        "局务会",
        "food-licence.promised",
        "/guides/food-licence/",
    ):
        assert words in said, words


def test_the_list_is_searched_and_filtered_and_takes_a_fixed_number_of_queries(
    client: Client, people: Cast
) -> None:
    entered(client, people.diana)
    for asked in ("q=食品经营", "q=food-licence", "q=пищевыми"):
        said = client.get(f"{ITEMS}?{asked}").content.decode()
        assert "食品经营许可" in said or "Licence to sell or serve food" in said
        assert "road-freight" not in said, asked
    assert "road-freight" not in client.get(f"{ITEMS}?life__exact=person").content.decode()
    with CaptureQueriesContext(connection) as few:
        client.get(ITEMS)
    item = ServiceItem.objects.get(code="food-licence")
    ServiceItem.objects.bulk_create(
        ServiceItem(code=f"more-{n}", valid_from=item.valid_from, office=item.office, stage="draft")
        for n in range(9)
    )
    with CaptureQueriesContext(connection) as many:
        client.get(ITEMS)
    assert len(few) == len(many) <= 8
    with CaptureQueriesContext(connection) as page:
        client.get(f"{ITEMS}{item.pk}/change/")
    assert len(page) <= 14
