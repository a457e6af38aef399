"""The demo fills an empty room with a believable town, and touches no other."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from forum import clock
from forum.accounts.rules import is_guessable
from forum.commands.demo import PASSWORD, fill, script
from forum.commands.demo.timeline import Timeline
from forum.db import Database, connected
from forum.settings import Settings
from tests import factories
from tests.conftest import SECRET, a_database


@pytest_asyncio.fixture(scope="module")
async def town(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """A database of this file's own, filled once."""
    settings = Settings(var_dir=tmp_path_factory.mktemp("town"), secret_key=SECRET)
    async with a_database(server_url, template) as url, connected(url) as db:
        assert await fill(db, settings)
        yield db


async def test_it_has_some_thirty_topics_and_three_hundred_posts(town: Database) -> None:
    assert await town.value("select count(*) from topics") >= 30
    assert await town.value("select count(*) from posts") >= 300


async def test_posts_are_in_every_state_and_nothing_is_in_the_future(town: Database) -> None:
    states = await town.rows("select state, created_at from posts")
    assert set(Counter(row["state"] for row in states)) >= {"visible", "held", "withdrawn"}
    assert max(row["created_at"] for row in states) < clock.now()


async def test_posts_stand_in_the_order_of_their_numbers(town: Database) -> None:
    backwards = """
        select topic_id, number from (
            select topic_id, number, created_at, lag(created_at) over (partition by topic_id order by number) as earlier
            from posts) p
        where created_at <= earlier
    """
    assert await town.rows(backwards) == []


async def test_a_room_that_is_not_empty_is_left_alone(db: Database, settings: Settings) -> None:
    await factories.a_board(db)
    assert not await fill(db, settings)
    assert await db.value("select count(*) from topics") == 0


async def test_filling_twice_adds_nothing(town: Database, settings: Settings) -> None:
    assert not await fill(town, settings)


def test_there_is_a_login_for_every_role_with_a_password_nobody_guesses() -> None:
    logins = {person.login for person in script.people().person if person.login}
    assert logins == {"administrator", "moderator", "facilitator", "staff", "resident"}
    assert not is_guessable(PASSWORD)


def test_a_moment_is_a_time_of_day_in_the_town(settings: Settings) -> None:
    timeline = Timeline("Asia/Tokyo")
    assert timeline.moment("1d 08:12").strftime("%H:%M %z") == "08:12 +0900"
    assert timeline.moment("1d 23:59") < clock.now()
