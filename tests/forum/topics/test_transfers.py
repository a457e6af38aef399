"""Posts go to other topics and come back: every address leads to its words, nothing of them changes, and all numbers agree."""

import asyncio
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from forum.access import GUEST, Actor
from forum.commands.verify import every_mismatch
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.following.actions import follow_topic
from forum.following.queries import followers
from forum.following.rules import Level
from forum.live import Viewer
from forum.places import queries as places
from forum.posts.reacting import Kind, Press
from forum.posts.rules import Post
from forum.topics import queries as topics
from forum.topics.actions import responding
from forum.topics.heads import TopicHead
from forum.topics.live import past_of_topic
from forum.topics.proofs import mismatches
from forum.topics.queries import transfers
from forum.topics.transfers import Transfer
from moderation.city_answers.rules import Act as City
from moderation.reviews.actions import transferring
from moderation.reviews.acts import Act
from moderation.reviews.transferring import TakingBack, Transferring
from tests.conftest import Login, visitor
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_topic,
    an_account,
    the_post,
)
from tests.moderation.city_answers.test_city_answers import promised, take
from tests.moderation.consultations import stories
from tests.moderation.reviews.test_actions import decide, log_of, told
from tests.pages import parsed, values
from tests.waiting import waiting

REASON = "照明の話が分かれたので、こちらでお願いします。"
# What takes longer waits for ever.
SOON = 20


async def transfer(
    db: Database, by: Actor, topic: int, way: str, posts: list[Post], **more: object
) -> Transfer:
    wish = {"way": way, "posts": [post.id for post in posts], "reason": REASON, **more}
    return await transferring.transfer(db, by, topic, Transferring.model_validate(wish))


async def the_topic(db: Database, topic_id: int) -> TopicHead:
    found = await topics.head(db, topic_id)
    assert found is not None
    return found


async def test_posts_split_off_stand_under_new_numbers_with_a_sign_where_they_were(
    app: Starlette, db: Database, login: Login
) -> None:
    board, writer = await a_board(db), await an_account(db)
    opening = await a_topic(db, board=board, title="街路樹")
    replies = [await a_post(db, writer, topic=opening, body=f"意見{n}") for n in range(2, 6)]
    answer = await a_post(db, topic=opening, body="その照明に賛成", reply_to_id=replies[1].id)
    keeper = await a_facilitator(db, board)
    made = await transfer(
        db, keeper, opening.topic_id, "new", [replies[1], replies[2]], title="公園の照明", board_id=board.id
    )
    there = made.to_topic_id
    moved = [await the_post(db, post.id) for post in (replies[1], replies[2])]
    assert [(post.topic_id, post.number) for post in moved] == [(there, 2), (there, 3)]
    assert [post.sha256 for post in moved] == [replies[1].sha256, replies[2].sha256]
    assert [line.act for line in await log_of(db, opening)] == ["transfer"]
    assert [note.kind for note in await told(db, writer)].count("topic_kept") == 1
    async with visitor(app) as reader:
        old, new = (
            (await reader.get(f"/topics/{opening.topic_id}")).text,
            (await reader.get(f"/topics/{there}")).text,
        )
        for post in moved:
            assert f'id="post-{post.id}"' in old
            assert f'href="/posts/{post.id}"' in old
            assert f'id="post-{post.id}"' in new
            place = await reader.get(f"/posts/{post.id}")
            assert place.headers["location"] == f"/topics/{there}?page=1#post-{post.id}"
        assert "意見3" not in old
        assert "意見3" in new
        for page in (old, new):
            assert REASON in page
            assert "世話人" in page
            assert f'href="/moderation/log?post={opening.id}"' in page
        assert "別の話題の投稿への返信" in old
        listed = (await reader.get(f"/boards/{board.slug}")).text
        assert listed.index("公園の照明") < listed.index("街路樹")
        at = await reader.get(f"/topics/{opening.topic_id}/at?number=3")
        assert at.headers["location"].endswith(f"page=1#post-{moved[0].id}")
        await login(reader, writer.id or 0)
        form = {"body": "続きです。", "reply_to_id": str(moved[0].id)}
        await reader.post(f"/topics/{opening.topic_id}/replies", data=form)
    assert (await the_topic(db, there)).last_number == 4
    assert (await the_post(db, answer.id)).topic_id == opening.topic_id
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_a_merged_topic_leads_to_the_other_one_and_comes_back_as_it_was(
    app: Starlette, db: Database, login: Login
) -> None:
    moderator, reader, writer = await a_moderator(db), await an_account(db), await an_account(db)
    into = await a_topic(db, title="公園の照明")
    await a_post(db, topic=into)
    opening = await a_topic(db, writer, title="暗い公園")
    replies = [await a_post(db, topic=opening, body=f"暗いです{n}") for n in range(2, 23)]
    held = await a_post(db, await a_newcomer(db), topic=opening, body="まだ公開されていない")
    await decide(db, moderator, replies[0], Act.HIDE)
    before = await the_topic(db, opening.topic_id)
    made = await transfer(
        db, moderator, opening.topic_id, "whole", [], to=f"http://x/topics/{into.topic_id}?page=1"
    )
    old, new = f"/topics/{opening.topic_id}", f"/topics/{into.topic_id}"
    async with visitor(app) as guest:
        for address, there in {
            old: f"{new}?from=3",
            f"{old}?page=2": f"{new}?from=23",
            f"{old}?page=last": f"{new}?page=last",
            f"{old}/feed.atom": f"{new}/feed.atom",
            f"{old}/unread": f"{new}/unread",
            f"{old}/summary": f"{new}/summary",
        }.items():
            answer = await guest.get(address)
            assert (answer.status_code, answer.headers["location"]) == (301, there)
            assert answer.headers["cache-control"] == "no-cache"
        shown = (await guest.get(old, follow_redirects=True)).text
        assert all(f'id="post-{post.id}"' in shown for post in (opening, *replies[:19]))
        assert "暗い公園" in shown
        everything = "".join([(await guest.get(f"{new}?page={n}")).text for n in (1, 2)])
        assert "まだ公開されていない" not in everything
        assert "暗いです2<" not in everything
        assert (await guest.get(f"/posts/{held.id}")).status_code == 404
        home, board = (
            (await guest.get("/")).text,
            (await guest.get(f"/boards/{before.board_slug}")).text,
        )
        assert f'href="{old}"' not in home + board
        await login(guest, reader.id or 0)
        assert (await guest.post(f"{old}/replies", data={"body": "こちらも暗い。"})).status_code == 303
        await decide(db, moderator, opening, Act.HIDE)
        assert "暗い公園" not in (await guest.get(new)).text
    await decide(db, moderator, opening, Act.RESTORE)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []
    await transferring.take_back(
        db, moderator, into.topic_id, TakingBack(transfer=made.id, why="別の公園でした。")
    )
    after = await the_topic(db, opening.topic_id)
    assert (after.merged_into, after.last_number, after.moved_out, after.state) == (
        None,
        before.last_number,
        0,
        "visible",
    )
    for post in (opening, *replies, held):
        assert (now := await the_post(db, post.id)).topic_id == opening.topic_id
        assert now.number == post.number
    assert (await the_topic(db, into.topic_id)).last_number == 2 + 23 + 1
    with pytest.raises(Conflict):
        await transferring.take_back(db, moderator, into.topic_id, TakingBack(transfer=made.id, why="x"))
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_an_act_on_a_post_that_waits_for_its_transfer_follows_it(own_database: str) -> None:
    async with connected(own_database) as db, asyncio.timeout(SOON):
        keeper, reader, board = await a_moderator(db), await an_account(db), await a_board(db)
        opening, there = await a_topic(db, board=board), await a_topic(db, board=board)
        post = await a_post(db, topic=opening)
        async with db.transaction():
            await transfer(db, keeper, opening.topic_id, "into", [post], to=str(there.topic_id))
            acting = await waiting(db, responding.react(db, reader, post.id, Press(kind=Kind.AGREE)))
            before = (await the_topic(db, there.topic_id)).changes
        assert await acting
        assert (await the_post(db, post.id)).topic_id == there.topic_id
        assert (await the_post(db, post.id)).change == before + 1


async def test_what_may_not_be_transferred(db: Database) -> None:
    board = await a_board(db)
    keeper, opening, elsewhere = (
        await a_facilitator(db, board),
        await a_topic(db, board=board),
        await a_topic(db),
    )
    reply, other = await a_post(db, topic=opening), await a_topic(db, board=board)
    held = await a_post(db, await a_newcomer(db), topic=opening)
    unseen = await a_topic(db, await a_newcomer(db), board=board)
    here = opening.topic_id
    for person, posts, to, refusal in (
        (await an_account(db), [reply], other.topic_id, Forbidden),
        (keeper, [reply], elsewhere.topic_id, Forbidden),
        (keeper, [reply], here, Forbidden),
        (keeper, [opening], other.topic_id, Invalid),
        (keeper, [], other.topic_id, Invalid),
        (keeper, [reply, held], other.topic_id, Conflict),
        (keeper, [reply, other], other.topic_id, Conflict),
        (keeper, [reply], 10**15, Invalid),
        (keeper, [reply], unseen.topic_id, Invalid),
        (keeper, [reply], "どこか", Invalid),
    ):
        with pytest.raises(refusal):
            await transfer(db, person, here, "into", posts, to=str(to))
    with pytest.raises(Invalid):
        await transfer(db, keeper, here, "new", [reply], title="あ", board_id=board.id)
    with pytest.raises(NotFound):
        await transfer(db, keeper, here, "new", [reply], title="照明", board_id=10**9)
    await transfer(db, keeper, here, "whole", [], to=str(other.topic_id))
    for way in ("whole", "into"):
        with pytest.raises((Forbidden, Invalid)):
            await transfer(db, keeper, here, way, [reply], to=str(other.topic_id))


@dataclass
class Reader:
    """A page of a topic that is kept up to date by what comes over the socket."""

    topic_id: int
    number: int = 0
    shown: dict[str, str] = field(default_factory=dict)

    async def catch_up(self, app: Starlette, now: TopicHead) -> None:
        past = await past_of_topic(app.state.live, Viewer(GUEST, "ja"), str(self.topic_id), self.number)
        assert past.type == "caught_up"
        numbers = [delta.number or 0 for delta in past.deltas if delta.id != "topic-head"]
        assert numbers == sorted(set(numbers))
        assert past.upto == now.changes
        assert all(self.number < number <= past.upto for number in numbers)
        self.shown |= {delta.id or "": delta.html or "" for delta in past.deltas}
        self.number = past.upto


async def check_addresses(
    client: httpx.AsyncClient, given_out: set[tuple[int, int]], words: dict[int, str]
) -> None:
    """Of posts in topics: the old page, wherever it leads, has the post or the way to it; and its own address has the words."""
    pages: dict[str, str] = {}
    for topic_id, post_id in sorted(given_out):
        for url in (f"/topics/{topic_id}", f"/posts/{post_id}"):
            if url not in pages:
                pages[url] = (await client.get(url, follow_redirects=True)).text
        assert f'id="post-{post_id}"' in pages[f"/topics/{topic_id}"]
        _before, _mark, shown = pages[f"/posts/{post_id}"].partition(f'id="post-{post_id}"')
        assert words[post_id] in shown.partition("</article>")[0]


WAYS = ["new", "into", "whole", "back", "reply"]
STEPS = st.tuples(st.sampled_from(WAYS), st.integers(0, 9), st.integers(0, 9), st.integers(1, 63))


@pytest.fixture
async def keeper(db: Database) -> Actor:
    return await a_moderator(db)


async def test_what_is_chosen_and_typed_stays_from_page_to_page(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    board = await a_board(db)
    opening, newcomer = await a_topic(db, board=board), await a_newcomer(db)
    replies = [await a_post(db, topic=opening, body=f"意見{n}") for n in range(2, 23)]
    held = await a_post(db, newcomer, topic=opening, body="まだ読めない")
    await login(client, (await a_facilitator(db, board)).id or 0)
    address = f"/topics/{opening.topic_id}/transfer"
    sent = {
        "way": "turn",
        "reason": REASON,
        "title": "照明",
        "posts": [str(replies[0].id), str(held.id), "x"],
    }
    second = await client.post(f"{address}?page=2", data=sent)
    assert (second.status_code, "意見22" in second.text, "まだ読めない" in second.text) == (200, True, False)
    form = values(parsed(second))
    assert (form["reason"], form["title"], form["posts"]) == (REASON, "照明", str(replies[0].id))
    sent = {
        "way": "new",
        "reason": "",
        "posts": [form["posts"], str(replies[-1].id)],
        "board_id": str(board.id),
    }
    refused = await client.post(f"{address}?page=2", data=sent | {"title": "照明"})
    assert (refused.status_code, refused.text.count(" checked>")) == (422, 2)
    await client.post(f"{address}?page=2", data=sent | {"title": "照明", "reason": REASON})
    moved = [await the_post(db, post.id) for post in (replies[0], replies[-1])]
    assert {post.topic_id for post in moved} != {opening.topic_id}


async def test_a_held_topic_is_named_to_nobody_who_may_not_know_of_it(
    app: Starlette, db: Database, login: Login
) -> None:
    board = await a_board(db)
    keeper, moderator, newcomer = await a_facilitator(db, board), await a_moderator(db), await a_newcomer(db)
    opening, held = (
        await a_topic(db, board=board),
        await a_topic(db, newcomer, board=board, title="未公開の件"),
    )
    await transfer(db, moderator, held.topic_id, "whole", [], to=str(opening.topic_id))
    places = [f"/topics/{opening.topic_id}", f"/topics/{opening.topic_id}/transfer"]
    for person, sees in ((keeper, [False, False]), (moderator, [False, True])):
        async with visitor(app) as client:
            await login(client, person.id or 0)
            assert ["未公開の件" in (await client.get(place)).text for place in places] == sees
    known = (await the_topic(db, opening.topic_id)).changes
    await decide(db, moderator, held, Act.APPROVE)
    assert await topics.head_changed_since(db, opening.topic_id, known)
    async with visitor(app) as client:
        await login(client, keeper.id or 0)
        assert all(["未公開の件" in (await client.get(place)).text for place in places])


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEPS, min_size=3, max_size=7))
async def test_whatever_is_transferred_every_address_leads_to_its_words(
    app: Starlette, db: Database, keeper: Actor, steps: list[tuple[str, int, int, int]]
) -> None:
    board, writer, numbers = await a_board(db), await an_account(db), count(1)
    openings = [await a_topic(db, writer, board=board, title=f"話題{n}") for n in range(3)]
    ids = [opening.topic_id for opening in openings]
    for opening in openings * 2:
        await a_post(db, writer, topic=opening, body=f"言葉その{next(numbers)}。")
    readers, given_out = {topic_id: Reader(topic_id) for topic_id in ids}, set[tuple[int, int]]()
    for way, one, other, some in steps:
        before = {topic_id: (await the_topic(db, topic_id)).changes for topic_id in ids}
        here, there = ids[one % len(ids)], ids[other % len(ids)]
        standing = await db.rows("select id from posts where topic_id = :id order by number", id=here)
        chosen = [await the_post(db, row["id"]) for n, row in enumerate(standing) if some >> n & 1]
        try:
            if way == "reply":
                await a_post(db, writer, topic=openings[one % 3], body=f"言葉その{next(numbers)}。")
            elif way == "back":
                came = await transfers.to_topic(db, here)
                undone = TakingBack(transfer=came[other % len(came)].id if came else 10**9, why="戻します。")
                await transferring.take_back(db, keeper, here, undone)
            else:
                made = await transfer(
                    db, keeper, here, way, chosen, to=str(there), title="新しい話題", board_id=board.id
                )
                for topic_id in (here, made.to_topic_id):
                    assert (await the_topic(db, topic_id)).changes > before.get(topic_id, 0)
                if made.to_topic_id not in ids:
                    ids.append(made.to_topic_id)
                    readers[made.to_topic_id] = Reader(made.to_topic_id)
        except (Conflict, Forbidden, Invalid, NotFound):
            pass
        for topic_id in ids:
            now = await the_topic(db, topic_id)
            assert now.changes >= before.get(topic_id, 0)
            await readers[topic_id].catch_up(app, now)
        rows = await db.rows("select id, topic_id from posts where topic_id = any(:ids)", ids=ids)
        given_out |= {(row["topic_id"], row["id"]) for row in rows}
        assert [line async for line in mismatches(db)] == []
    for topic_id, reader in readers.items():
        fresh = Reader(topic_id)
        await fresh.catch_up(app, await the_topic(db, topic_id))
        assert reader.shown == fresh.shown
    words = {post_id: (await the_post(db, post_id)).raw for _topic, post_id in given_out}
    async with visitor(app) as client:
        await check_addresses(client, given_out, words)


async def test_readers_and_followers_go_along(db: Database) -> None:
    """What was read stays read; who watches or mutes a topic does so with what is split off, and a merge wakes nobody."""
    board, reader, late = await a_board(db), await an_account(db), await an_account(db)
    opening = await a_topic(db, board=board)
    posts = [await a_post(db, topic=opening) for _ in range(3)]
    keeper, muted = await a_facilitator(db, board), await an_account(db)
    await places.move(db, reader.id or 0, opening.topic_id, 4)
    await places.move(db, late.id or 0, opening.topic_id, 2)
    for person, level in ((reader, Level.WATCH), (muted, Level.MUTE)):
        await follow_topic(db, person.id or 0, opening.topic_id, level)
    made = await transfer(db, keeper, opening.topic_id, "new", posts[:2], title="別の話", board_id=board.id)
    split_off, other = made.to_topic_id, await a_topic(db, board=board)
    assert await places.unread(db, reader.id or 0, [opening.topic_id, split_off]) == {}
    assert await places.unread(db, late.id or 0, [opening.topic_id, split_off]) == {
        opening.topic_id: 1,
        split_off: 1,
    }
    levels = {one.account_id: one.level for one in await followers(db, split_off, board.id, staff_only=False)}
    assert levels[reader.id or 0] is Level.WATCH
    assert levels[muted.id or 0] is Level.MUTE
    assert levels[posts[0].author_id] is Level.WATCH
    await transfer(db, keeper, split_off, "whole", [], to=str(other.topic_id))
    levels = {
        one.account_id: one.level for one in await followers(db, other.topic_id, board.id, staff_only=False)
    }
    assert levels[reader.id or 0] is Level.WATCH
    assert (muted.id or 0) not in levels


async def test_what_the_city_owes_a_merged_topic_is_answered_where_it_leads(db: Database) -> None:
    story, moderator = await promised(db), await a_moderator(db)
    into = await a_topic(db, board=story.board)
    await transfer(db, moderator, story.id, "whole", [], to=str(into.topic_id))
    await take(db, story, City.ANSWERED, "柵を直します。")
    answer = await the_post(db, await db.value("select max(id) from posts"))
    assert (answer.topic_id, answer.raw) == (into.topic_id, "柵を直します。")
    assert (await the_topic(db, story.id)).answer_state == "answered"
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []
