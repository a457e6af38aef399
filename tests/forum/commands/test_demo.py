"""The demo fills an empty room with a believable town, and touches no other."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from forum import clock
from forum.accounts.rules import is_guessable
from forum.commands import verify
from forum.commands.demo import PASSWORD, fill, reading
from forum.commands.demo.timeline import Timeline
from forum.db import Database, connected
from forum.guides.queries import rule_versions
from forum.screening.hints import Kind
from forum.screening.personal import personal_data
from forum.sealed import Seal
from forum.settings import Settings
from moderation.consultations.queries import notices
from moderation.consultations.rules import State
from tests import factories
from tests.conftest import SECRET
from tests.databases import a_database


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


async def test_people_pressed_every_button(town: Database) -> None:
    assert await town.value("select count(distinct kind) from reactions") == 4


async def test_every_state_is_there_and_nothing_is_in_the_future(town: Database) -> None:
    posts = await town.rows("select state, created_at from posts")
    assert {row["state"] for row in posts} == {"visible", "held", "hidden", "withdrawn"}
    assert max(row["created_at"] for row in posts) < clock.now()
    acts = await town.rows("select distinct act from decisions")
    assert {row["act"] for row in acts} == {
        "approve",
        "return",
        "hide",
        "restore",
        "dismiss",
        "uphold",
        "keep",
        "warn",
        "silence",
        "suspend",
        "pin",
        "lock",
    }
    assert await town.value("select count(*) from reports where settled_by is null") >= 3
    assert await town.value("select exists (select from topics where locked)")


async def test_one_consultation_is_open_and_one_is_answered(town: Database) -> None:
    announced = await notices.known_to_all(town)
    states = {consultation.state_at(clock.now()) for consultation in announced}
    assert states == {State.OPEN, State.PUBLISHED}
    digests = await town.rows("select state from digests order by id")
    assert [row["state"] for row in digests] == ["published", "published", "draft"]


async def test_residents_have_answered_the_points_of_a_digest(town: Database) -> None:
    outcome = await town.value("select outcome from maps where drawn_at is not null")
    assert outcome["counted"] > 30
    assert len(outcome["groups"]) >= 2
    assert outcome["agreed"]
    assert await town.value("select count(*) from maps where closes_at > :now", now=clock.now()) == 1


async def test_the_rules_were_reworded_and_decisions_cite_what_held_then(town: Database) -> None:
    (first, second) = [rule for rule in await rule_versions(town) if rule.number == 1]
    assert second.body != first.body
    assert second.in_force_from < clock.now()
    cited = await town.rows("select distinct rule_version from decisions where rule_number in (1, 4)")
    assert {row["rule_version"] for row in cited} == {1, 2}


async def test_a_reported_telephone_number_is_one_that_moderators_are_shown(town: Database) -> None:
    reported = await town.rows(
        "select v.raw from reports r join revisions v on v.id = r.revision_id where settled_by is null and rule_number = 1"
    )
    assert [hint.kind for row in reported for hint in personal_data(row["raw"])] == [Kind.PHONE]


async def test_all_of_it_verifies(town: Database) -> None:
    assert await verify.report(town, Seal(SECRET)) == 0


async def test_the_past_is_not_mailed_again(town: Database) -> None:
    asked = "select count(*) from pgqueuer where entrypoint in ('notices_mail', 'tell_watchers')"
    assert await town.value(asked) == 0
    assert await town.value("select count(*) from notifications where mail is not null") == 0


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
    logins = {person.login for person in reading.people().person if person.login}
    assert logins == {"administrator", "moderator", "facilitator", "staff", "resident"}
    assert not is_guessable(PASSWORD)


def test_a_moment_is_a_time_of_day_in_the_town(settings: Settings) -> None:
    timeline = Timeline("Asia/Tokyo")
    assert timeline.moment("1d 08:12").strftime("%H:%M %z") == "08:12 +0900"
    assert timeline.moment("1d 23:59") < clock.now()
