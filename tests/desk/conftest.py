"""What most tests of the desk begin with: the cast, Wang at the portal, a town and a piece of its news."""

from __future__ import annotations

import pytest
from django.test import Client

from servicedesk.desk.models import Event
from tests.desk.rows import NOW, Town, make_case, make_event
from tests.people import Cast, cast


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def wang(client: Client, people: Cast) -> Client:
    """The applicant, logged in."""
    client.force_login(people.wang)
    return client


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def event(town: Town) -> Event:
    return make_event(make_case(town, submitted=NOW, title="The neighbour poisons our well"), NOW)
