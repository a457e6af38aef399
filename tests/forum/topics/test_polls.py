"""Polls: counted by rules that a table can say, open until a day, secret, and sealed when they are over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from forum.events import PollChanged, TopicChanged
from forum.posts.rules import Post
from forum.topics import queries as topics
from forum.topics.actions import polling as actions
from forum.topics.actions.transferring import merge
from forum.topics.counting import places, tally
from forum.topics.live import poll_changed, topic_changed
from forum.topics.polling import Ballot, Kind, NewPoll, Poll, faults, follows
from forum.topics.proofs import mismatches_of_polls
from forum.topics.queries import polls
from forum.topics.transfers import Why
from moderation.reviews.actions.polling import judge
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping
from realtime.protocol import Delta
from tests import judging
from tests.conftest import Login
from tests.ear import Ear
from tests.factories import a_board, a_moderator, a_staff_member, a_topic, an_account
from tests.pages import parsed, text_of

OPTIONS = ["駅前", "公園", "図書館"]
WEEK = timedelta(days=7)


async def opened(
    db: Database, topic: Post, by: Actor, kind: Kind = Kind.SINGLE, *, live: bool = False
) -> int:
    new = NewPoll(
        question="ベンチはどこに？", options="\n".join(OPTIONS), kind=kind, closes=_next_week(), live=live
    )
    return await actions.open_poll(db, by, topic.topic_id, new, UTC)


def _next_week() -> date:
    return (clock.now() + WEEK).date()


async def a_poll(db: Database, kind: Kind = Kind.SINGLE, *, live: bool = False) -> int:
    author = await an_account(db)
    return await opened(db, await a_topic(db, author), author, kind, live=live)


async def choose(db: Database, poll_id: int, *choices: int, by: Actor | None = None) -> None:
    await actions.vote(db, by or await an_account(db), poll_id, Ballot(choices=list(choices)))


async def closed(db: Database, poll_id: int) -> None:
    with clock.at(clock.now() + 2 * WEEK):
        await actions.seal_closed(db)
    assert await polls.result(db, poll_id) is not None


@pytest.mark.parametrize(
    ("sheets", "counts", "order"),
    [
        ([], [0, 0, 0], [1, 1, 1]),
        ([([1, 0, 0], 2), ([0, 0, 1], 1)], [2, 0, 1], [1, 3, 2]),
        ([([1, 1, 0], 1), ([0, 1, 1], 1)], [1, 2, 1], [2, 1, 2]),
    ],
)
def test_choices_are_added_up(sheets: Any, counts: list[int], order: list[int]) -> None:
    found = tally(sheets, 3, ranked=False)
    assert (found.counts, found.places, found.pairs) == (counts, order, [])
    assert found.ballots == sum(times for _ranks, times in sheets)


@pytest.mark.parametrize(
    ("sheets", "order"),
    [
        ([], [1, 1, 1]),
        ([([1, 2, 3], 1)], [1, 2, 3]),
        ([([1, 0, 0], 1)], [1, 2, 2]),  # what has no rank is last, and equal
        ([([1, 1, 2], 1)], [1, 1, 3]),
        # The first is put first most often, and loses against each of the others.
        ([([1, 2, 3], 4), ([3, 2, 1], 3), ([3, 1, 2], 2)], [3, 1, 2]),
        # A circle: 1 before 2 by 7 of 9, 2 before 3 by 6, 3 before 1 by 5. The weakest defeat does not count.
        ([([1, 2, 3], 4), ([3, 1, 2], 2), ([2, 3, 1], 3)], [1, 2, 3]),
        # The first is level with both others, of which one is before the other: two share the first place, and nobody is second.
        ([([1, 2, 3], 1), ([3, 1, 2], 1)], [1, 1, 3]),
        # A perfect circle has no first.
        ([([1, 2, 3], 1), ([3, 1, 2], 1), ([2, 3, 1], 1)], [1, 1, 1]),
    ],
)
def test_ranks_are_compared_two_by_two(sheets: Sequence[tuple[list[int], int]], order: list[int]) -> None:
    found = tally(sheets, 3, ranked=True)
    assert found.places == order == places(found.counts, found.pairs)


def test_the_example_of_schulze_comes_out_as_published() -> None:
    """45 people rank A to E; the order that everybody finds is E, A, C, B, D."""
    written = {
        **{"ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8}
    }
    sheets = [([ranking.index(one) + 1 for one in "ABCDE"], times) for ranking, times in written.items()]
    found = tally(sheets, 5, ranked=True)
    assert dict(zip("ABCDE", found.places, strict=True)) == {"E": 1, "A": 2, "C": 3, "B": 4, "D": 5}


@pytest.mark.parametrize(
    ("kind", "ballot", "wrong"),
    [
        (Kind.SINGLE, Ballot(choices=[1]), False),
        (Kind.SINGLE, Ballot(), True),
        (Kind.SINGLE, Ballot(choices=[1, 2]), True),
        (Kind.SINGLE, Ballot(choices=[4]), True),
        (Kind.MULTIPLE, Ballot(choices=[1, 3]), False),
        (Kind.MULTIPLE, Ballot(), True),
        (Kind.RANKED, Ballot(ranks=[0, 1, 1]), False),
        (Kind.RANKED, Ballot(ranks=[0, 0, 0]), True),
        (Kind.RANKED, Ballot(ranks=[1, 2]), True),
        (Kind.RANKED, Ballot(ranks=[1, 2, 4]), True),
    ],
)
def test_an_answer_fits_its_question(kind: Kind, ballot: Ballot, wrong: bool) -> None:
    now = clock.now()
    assert bool(faults(Poll(1, 1, "", kind, OPTIONS, False, 1, now, now), ballot)) == wrong


@pytest.mark.parametrize(
    "options", ["一つ", "同じ\n同じ", "\n".join(map(str, range(11))), f"短い\n{'長' * 61}"]
)
def test_options_are_a_few_different_lines(options: str) -> None:
    with pytest.raises(ValidationError):
        NewPoll(question="どれがよい？", options=options, kind=Kind.SINGLE, closes=date(2026, 4, 1))


async def test_nothing_is_asked_where_nobody_comes(db: Database) -> None:
    author, keeper = await an_account(db), await a_moderator(db)
    topic, other = await a_topic(db, author), await a_topic(db)
    await merge(db, keeper, topic.topic_id, other.topic_id, Why("moderator", "同じ話です。"))
    proposed = await a_topic(db, author)
    await db.run("update topics set proposed = true where id = :id", id=proposed.topic_id)
    for nowhere in (topic, proposed):
        with pytest.raises(Forbidden):
            await opened(db, nowhere, author)


async def test_everybody_answers_once_and_may_think_again_until_the_end(db: Database) -> None:
    poll_id, voter = await a_poll(db), await an_account(db)
    await choose(db, poll_id, 1, by=voter)
    await choose(db, poll_id, 2, by=voter)
    await choose(db, poll_id, 2)
    assert await polls.sheets(db, poll_id) == [([0, 1, 0], 2)]
    with clock.at(clock.now() + 2 * WEEK), pytest.raises(Forbidden, match="締め切りました"):
        await choose(db, poll_id, 1, by=voter)
    await closed(db, poll_id)
    assert await actions.seal_closed(db) == 0
    result = await polls.result(db, poll_id)
    assert result is not None
    assert (result.ballots, result.counts, result.places) == (2, [0, 2, 0], [2, 1, 2])
    # Nobody can ever find out who answered what.
    assert await polls.ballot_of(db, poll_id, voter.id or 0) is None
    assert [line async for line in mismatches_of_polls(db)] == []


async def test_options_that_share_a_place_say_so(client: httpx.AsyncClient, db: Database) -> None:
    poll_id = await a_poll(db, kind=Kind.RANKED)
    for ranks in ([1, 2, 3], [3, 1, 2]):
        voter = await an_account(db)
        await actions.vote(db, voter, poll_id, Ballot(ranks=ranks))
    await closed(db, poll_id)
    with clock.at(clock.now() + 2 * WEEK):
        page = parsed(await client.get(f"/polls/{poll_id}"))
    [table] = page.iter("table")
    assert [text_of(cells[0]) for row in table.iter("tr") if (cells := [*row.iter("td")])][1:] == [
        "同順位 1",
        "同順位 1",
        "3",
    ]
    # As results were written that counted only what is before each option.
    result = await polls.result(db, poll_id)
    assert result is not None
    assert follows(result)
    assert follows(replace(result, places=[1, 1, 2]))
    assert not follows(replace(result, places=[1, 2, 3]))


async def test_who_leaves_takes_along_what_they_answered_in_open_polls_and_no_more(db: Database) -> None:
    first, second, leaver = await a_poll(db), await a_poll(db), await an_account(db)
    for poll_id in (first, second):
        await choose(db, poll_id, 1, by=leaver)
        await choose(db, poll_id, 2)
    async with db.transaction():
        await actions.forget(db, leaver.id or 0)
    assert await polls.sheets(db, first) == [([0, 1, 0], 1)]
    await choose(db, first, 1, by=leaver)
    with clock.at(clock.now() + 2 * WEEK):
        await actions.forget(db, leaver.id or 0)  # over, though nobody has counted yet
    await closed(db, first)
    result = await polls.result(db, first)
    assert result is not None
    assert result.counts == [1, 1, 0]


async def test_one_poll_at_a_time_of_whoever_may_ask(db: Database) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    with pytest.raises(Forbidden):
        await opened(db, topic, await an_account(db))
    poll_id = await opened(db, topic, author)
    with pytest.raises(Invalid):
        await opened(db, topic, await a_staff_member(db))
    await judging.hide(db, await a_moderator(db), topic.id)
    with pytest.raises(NotFound):
        await choose(db, poll_id, 1)


async def test_the_head_of_a_topic_says_until_when_its_poll_is_open(
    client: httpx.AsyncClient, db: Database
) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    poll_id = await opened(db, topic, author)
    for later, standing in ((0 * WEEK, "受付中"), (2 * WEEK, "締め切り済み")):
        with clock.at(clock.now() + later):
            head = (await client.get(f"/topics/{topic.topic_id}")).text.partition(f'href="/polls/{poll_id}"')[
                2
            ]
        assert standing in head.partition("</p>")[0]


async def test_who_may_ask_is_told_before_writing_that_another_poll_goes_on(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    place = f"/topics/{topic.topic_id}/polls"
    await login(client, author.id or 0)
    assert 'name="question"' in (await client.get(place)).text
    await opened(db, topic, author)
    page = (await client.get(place)).text
    assert 'name="question"' not in page
    assert "締め切りのあとに、次の投票を始められます。" in page
    form = {
        "question": "街灯はどこに？",
        "options": "駅前\n公園",
        "kind": "single",
        "closes": _next_week().isoformat(),
    }
    refused = await client.post(place, data=form)
    assert refused.status_code == 422
    assert "街灯はどこに？" in refused.text
    with clock.at(clock.now() + 2 * WEEK):
        await login(client, author.id or 0)
        assert 'name="question"' in (await client.get(place)).text


async def test_a_poll_is_answered_on_its_page_and_its_counts_come_when_it_is_over(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    await login(client, author.id or 0)
    place = f"/topics/{topic.topic_id}/polls"
    form = {"question": "ベンチはどこに？", "options": "駅前\n公園", "kind": "ranked", "closes": "2020-01-01"}
    assert (await client.post(place, data=form)).status_code == 422
    answer = await client.post(place, data={**form, "closes": _next_week().isoformat()})
    url = answer.headers["location"]
    assert f'href="{url}"' in (await client.get(f"/topics/{topic.topic_id}")).text
    refused = await client.post(url, data={"ranks": ["0", "0"]})
    assert refused.status_code == 422
    assert "一つ以上に順位を付けてください。" in refused.text
    await client.post(url, data={"ranks": ["2", "1"]})
    page = await client.get(url)
    assert "あなたは投票しました" in page.text
    assert "答えた人" not in page.text
    with clock.at(clock.now() + 2 * WEEK):
        await actions.seal_closed(db)
        await login(client, author.id or 0)
        over = await client.get(url)
        late = await client.post(url, data={"ranks": ["1", "2"]})
    assert "答えた人：1人" in over.text
    assert over.text.index("公園</th>") < over.text.index("駅前</th>")
    assert late.status_code == 403
    assert "この投票は締め切りました。" in late.text


async def test_counts_are_told_while_it_is_open_only_where_that_was_said(
    client: httpx.AsyncClient, db: Database
) -> None:
    for live in (False, True):
        poll_id = await a_poll(db, Kind.MULTIPLE, live=live)
        await choose(db, poll_id, 1, 3)
        page = await client.get(f"/polls/{poll_id}")
        assert ("答えた人：1人" in page.text) == live
        heard = await client.get(f"/live?channel=poll:{poll_id}&after=0")
        assert heard.json()[0]["type"] == ("resync" if live else "refused")


@pytest.mark.parametrize("kind", ["official", "staff"])
async def test_counts_move_on_every_open_page(app: Starlette, db: Database, kind: str) -> None:
    clerk = await a_staff_member(db)
    topic = await a_topic(db, clerk, board=await a_board(db, kind))
    poll_id = await opened(db, topic, clerk, live=True)
    await choose(db, poll_id, 1, by=clerk)
    (delta,) = (await told(app, poll_id))[f"poll:{poll_id}"]
    assert "答えた人：1人" in (delta.html or "")


async def test_no_page_is_told_the_counts_of_what_is_hidden(app: Starlette, db: Database) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    poll_id = await opened(db, topic, author, live=True)
    await judging.hide(db, await a_moderator(db), topic.id)
    assert await told(app, poll_id) == {}


async def test_open_pages_know_what_became_of_a_poll(client: httpx.AsyncClient, db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    topic = await a_topic(db, author)
    poll_id = await opened(db, topic, author)
    place, channel = f"/topics/{topic.topic_id}/polls", f"polls:{topic.topic_id}"

    async def holds(page: httpx.Response) -> bool:
        stamp = page.text.split(f'data-live-channel="{channel}" data-live-number="')[1].split('"')[0]
        [frame] = (await client.get(f"/live?channel={channel}&after={stamp}")).json()
        return bool(frame["type"] == "caught_up")

    pages = [await client.get(address) for address in (f"/polls/{poll_id}", place)]
    await choose(db, poll_id, 1)
    assert [await holds(page) for page in pages] == [True, True], "nobody learns that somebody answered"
    with clock.at(clock.now() + 2 * WEEK):
        assert [await holds(page) for page in pages] == [False, False]
    wish = Keeping(act=Act.HIDE_POLL, rule=4, reason="かたよった聞き方", poll_id=poll_id)
    await judge(db, moderator, topic.topic_id, wish)
    assert [await holds(page) for page in pages] == [False, False]
    await judging.hide(db, moderator, topic.id)
    assert (await client.get(f"/live?channel={channel}&after=0")).json()[0]["type"] == "refused"


async def test_a_poll_that_ends_and_its_topic_are_told_so_by_the_clock(app: Starlette, db: Database) -> None:
    author = await an_account(db)
    topic = await a_topic(db, author)
    await opened(db, topic, author)
    [wait] = await db.rows(
        """
        select execute_after - created as wait, closes_at - opened_at as lasts from pgqueuer, polls
        where entrypoint = 'seal_poll'
        """
    )
    assert timedelta() < wait["wait"] - wait["lasts"] < timedelta(minutes=1)
    before = await topics.head(db, topic.topic_id)
    with clock.at(clock.now() + 2 * WEEK):
        assert await actions.seal_closed(db) == 1
    after = await topics.head(db, topic.topic_id)
    assert before is not None
    assert after is not None
    assert after.changes == before.changes + 1
    ear = Ear()
    await topic_changed(replace(app.state.live, hub=ear), TopicChanged(topic.topic_id, after.changes))
    assert ear.in_doubt == [f"polls:{topic.topic_id}"]


async def told(app: Starlette, poll_id: int) -> dict[str, list[Delta]]:
    ear = Ear()
    await poll_changed(replace(app.state.live, hub=ear), PollChanged(poll_id))
    return ear.heard
