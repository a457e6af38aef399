"""Asking, answering, drawing, and what is forgotten."""

from datetime import timedelta

import pytest

from forum import clock
from forum.access import Actor, Role
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from forum.notifications import queries as notifications
from moderation.digests.rules import Digest
from moderation.maps import actions, queries
from moderation.maps.rules import NEW, Answer, Map, Rescheduling
from moderation.maps.verifying import mismatches
from tests.factories import an_account
from tests.moderation.consultations.stories import SEAL
from tests.moderation.digests.desk import ZONE, a_discussion, a_draft
from tests.moderation.maps.residents import CAMP, SENTENCES, asking, draw, say, the_map, two_camps

AGREE = Answer(stance="agree")


async def test_the_sentences_of_the_clerk_become_points(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    points = await queries.points(db, found.id)
    assert [f"{point.group_position} {point.statement}" for point in points] == [*SENTENCES]
    assert found.closes_at.astimezone(ZONE).hour == 0
    assert found.digest_id == digest.id


async def test_a_digest_is_asked_about_once_and_when_it_is_published(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    clerk, digest, _found = question
    with pytest.raises(Forbidden) as refused:
        await actions.ask(db, clerk, digest.id, asking(), ZONE)
    assert "もうたずねています" in refused.value.reason
    draft = await a_draft(db, await a_discussion(db), clerk)
    with pytest.raises(Forbidden) as refused:
        await actions.ask(db, clerk, draft.id, asking(), ZONE)
    assert "公開したまとめ" in refused.value.reason
    with pytest.raises(NotFound):
        await actions.ask(db, await an_account(db), draft.id, asking(), ZONE)


async def test_an_answer_can_be_changed_and_counts_once(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    resident = await an_account(db)
    await say(db, resident, digest.id, "+-0")
    await say(db, resident, digest.id, "-")
    points = [point.id for point in await queries.points(db, found.id)]
    mine = await queries.stances_of(db, found.id, resident.id or 0)
    assert mine == dict(zip(points, [-1, -1, 0], strict=False))


@pytest.mark.parametrize("role", [Role.STAFF, Role.MODERATOR, Role.ADMINISTRATOR])
async def test_those_who_ask_and_judge_do_not_answer(
    db: Database, role: Role, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    with pytest.raises(Forbidden):
        await actions.answer(db, await an_account(db, role), digest.id, 1, AGREE)


async def test_nobody_answers_what_is_not_asked_or_no_longer(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    resident = await an_account(db)
    with pytest.raises(NotFound):
        await actions.answer(db, resident, digest.id, 6, AGREE)
    with clock.at(found.closes_at), pytest.raises(Forbidden) as refused:
        await actions.answer(db, resident, digest.id, 1, AGREE)
    assert refused.value.reason == "締め切りました。"


async def test_the_map_draws_itself_and_forgets_who_said_what(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    people = await two_camps(db, digest.id)
    await draw(db, digest.id)
    drawn = await queries.drawn(db, found.id)
    assert drawn is not None
    assert [group["people"] for group in drawn.outcome["groups"]] == [6, 5]
    assert sorted(drawn.answers).count(CAMP) == 6
    assert await db.value("select count(*) from stances") == 0
    told = await notifications.page_of_account(db, people[0].id or 0, before=2**62, limit=10)
    assert [one.kind for one in told if one.kind == "map_drawn"] == ["map_drawn"]


async def test_it_is_drawn_once_and_not_before_its_time(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    await two_camps(db, digest.id)
    await actions.draw(db, found.id)
    assert (await the_map(db, digest.id)).drawn_at is None
    await draw(db, digest.id)
    first = await the_map(db, digest.id)
    with clock.at(found.closes_at + timedelta(days=1)):
        await actions.draw(db, found.id)
        await actions.tend(db)
    assert await the_map(db, digest.id) == first


async def test_while_it_is_open_the_hour_weighs_what_is_asked_next(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, found = question
    await actions.tend(db)
    assert {point.priority for point in await queries.points(db, found.id)} == {NEW}
    await two_camps(db, digest.id)
    await actions.tend(db)
    uniting, dividing, _, passed_over, _ = [point.priority for point in await queries.points(db, found.id)]
    assert dividing > uniting > passed_over > 0


async def test_everything_about_a_map_can_be_recomputed(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    await two_camps(db, digest.id)
    await draw(db, digest.id)
    assert [line async for line in every_mismatch(db, SEAL)] == []


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("update maps set outcome = jsonb_set(outcome, '{counted}', '12')", "other groups or figures"),
        ("update maps set answers = answers - 0", "not those of its manifest"),
        ("update map_points set statement = '図書館を閉めてほしい' where position = 1", "hash differs"),
        ("update maps set closes_at = closes_at + interval '1 day'", "hash differs"),
        (
            "insert into stances select id, (select min(id) from accounts), 1, :now from map_points",
            "5 answers",
        ),
    ],
)
async def test_whatever_is_changed_afterwards_is_found(
    db: Database, forgery: str, found: str, question: tuple[Actor, Digest, Map]
) -> None:
    _clerk, digest, _found = question
    await two_camps(db, digest.id)
    await draw(db, digest.id)
    await db.run(forgery, **({"now": clock.now()} if ":now" in forgery else {}))
    assert found in " ".join([line async for line in mismatches(db)])


async def test_who_asked_may_give_another_time_and_says_why(
    db: Database, question: tuple[Actor, Digest, Map]
) -> None:
    clerk, digest, found = question
    today = clock.now().astimezone(ZONE).date()
    longer = Rescheduling(last_day=today + timedelta(days=20), reason="祭りと重なったためです。")
    with pytest.raises(Forbidden):
        await actions.reschedule(db, await an_account(db), digest.id, longer, ZONE)
    await actions.reschedule(db, clerk, digest.id, longer, ZONE)
    with pytest.raises(Invalid):
        await actions.reschedule(db, clerk, digest.id, longer, ZONE)
    await actions.reschedule(db, clerk, digest.id, longer.model_copy(update={"last_day": today}), ZONE)
    first, second = await queries.changes(db, found.id)
    assert (first.closed_at, first.closes_at) == (found.closes_at, second.closed_at)
    assert second.closes_at == (await the_map(db, digest.id)).closes_at
    assert [line async for line in mismatches(db)] == []
    await db.run("set local session_replication_role = replica")
    await db.run("update map_changes set reason = 'x' where number = 1")
    await db.run("update maps set closes_at = closes_at + interval '1 day'")
    assert len([line async for line in mismatches(db)]) == 2
