"""Hard words stay folded until a moderator opens them, and a break is proposed now and then; both by choice, and in private."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from forum import clock
from forum.db import Database
from forum.posts.rules import Post
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.reviews import actions as reviews
from moderation.reviews.actions.caring import care_for, choose, rest
from moderation.reviews.acts import Act
from moderation.reviews.caring import Comforts, Deed, Stretch, stretch, tired
from moderation.reviews.queries import caring as queries
from moderation.reviews.rules import Complaint
from tests.conftest import Login
from tests.factories import a_moderator, a_post, a_topic, actor, an_account, the_post
from tests.moderation.reviews.test_actions import decide
from tests.pages import parsed, values

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORDS = "とてもつらい言葉"
FOLDED = "つらい内容かもしれません"


def deeds(*minutes_ago: int, hard: tuple[int, ...] = ()) -> list[Deed]:
    return [Deed(NOW - n * MINUTE, n in hard) for n in minutes_ago]


@pytest.mark.parametrize(
    ("done", "minutes", "distressing"),
    [
        ([], 0, 0),
        (deeds(14), 14, 0),
        (deeds(15), 0, 0),  # long enough to have had a break
        (deeds(1, 10, 24, 38), 38, 0),
        (deeds(1, 10, 24, 39, 50), 24, 0),
        (deeds(1, 10, 24, hard=(1, 24)), 24, 2),
        (deeds(1, 30, 40, hard=(30, 40)), 1, 0),
    ],
)
def test_a_stretch_lasts_as_long_as_nobody_rests(done: list[Deed], minutes: int, distressing: int) -> None:
    assert stretch(done, NOW) == Stretch(minutes * MINUTE, distressing)


LONG = deeds(*range(0, 60, 10))
HARD = deeds(*range(10), hard=(1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("done", "chosen", "due"),
    [
        (LONG, Comforts(minutes=60, posts=0), False),
        (LONG, Comforts(minutes=45, posts=0), True),
        (LONG, Comforts(minutes=0, posts=5), False),
        (HARD, Comforts(minutes=0, posts=5), True),
        (HARD, Comforts(minutes=0, posts=10), False),
        (HARD, Comforts(minutes=0, posts=0), False),
        # What came before the last proposal was put away counts no more.
        (LONG, Comforts(minutes=45, posts=0, rested_at=NOW - 50 * MINUTE), False),
        (LONG, Comforts(minutes=30, posts=0, rested_at=NOW - 50 * MINUTE), True),
        (HARD, Comforts(minutes=0, posts=5, rested_at=NOW - 3 * MINUTE), False),
    ],
)
def test_a_break_is_proposed_after_what_was_chosen(done: list[Deed], chosen: Comforts, due: bool) -> None:
    assert bool(tired(done, chosen, NOW)) == due


async def a_reported_post(
    db: Database, rule: int | None = 11, topic: Post | None = None, *, distressing: bool = False
) -> Post:
    post = await a_post(db, topic=topic, body=WORDS)
    complaint = Complaint(rule=rule, note="見てください。", distressing=distressing)
    await reviews.report(db, await an_account(db), post.id, complaint)
    return await the_post(db, post.id)


@pytest.mark.parametrize(
    ("rule", "distressing", "hard"),
    [
        (11, False, True),
        (2, False, True),
        (3, False, True),
        (4, False, False),
        (4, True, True),
        (None, False, False),
    ],
)
async def test_a_post_is_hard_to_read_by_its_rule_or_as_its_reporter_says(
    db: Database, rule: int | None, distressing: bool, hard: bool
) -> None:
    post = await a_reported_post(db, rule, distressing=distressing)
    assert await queries.hard(db, [post.id]) == ({post.id} if hard else set())


async def test_what_a_moderator_dismissed_is_not_folded_and_what_was_hidden_is(db: Database) -> None:
    moderator, dismissed, hidden = await a_moderator(db), await a_reported_post(db), await a_reported_post(db)
    await decide(db, moderator, dismissed, Act.DISMISS)
    await decide(db, moderator, hidden, Act.HIDE)
    assert (await care_for(db, moderator, [dismissed.id, hidden.id])).folded == {hidden.id}


async def test_decisions_and_looks_of_ones_own_make_a_stretch(db: Database) -> None:
    moderator, other, topic = await a_moderator(db), await a_moderator(db), await a_topic(db)
    with clock.at(NOW - 70 * MINUTE):
        posts = [await a_reported_post(db, topic=topic) for _ in range(7)]
    for n, post in enumerate(posts):
        with clock.at(NOW - (60 - 10 * n) * MINUTE):
            await decide(db, moderator, post, Act.HIDE)
    with clock.at(NOW):
        assert (await care_for(db, moderator, [])).tired == Stretch(60 * MINUTE, 7)
        assert (await care_for(db, other, [])).tired is None
        await rest(db, moderator)
        assert (await care_for(db, moderator, [])).tired is None
    with clock.at(NOW + MINUTE):
        await choose(db, moderator, Comforts(minutes=30, posts=5))
        assert (await care_for(db, moderator, [])).tired is None


def outside_folds(page: httpx.Response) -> str:
    """What a reader sees before opening anything."""
    tree = parsed(page)
    for parent in list(tree.iter()):
        for fold in [one for one in parent if one.tag == "details" and "veil" in one.get("class", "")]:
            for part in list(fold):
                if part.tag != "summary":
                    fold.remove(part)
    return " ".join("".join(tree.itertext()).split())


async def test_hard_words_are_folded_on_every_screen_of_a_moderator_who_did_not_choose_otherwise(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    moderator, topic = await a_moderator(db), await a_topic(db)
    post, other = await a_reported_post(db, topic=topic), await a_post(db, topic=topic)
    hidden = await a_reported_post(db, topic=topic)
    decision = await decide(db, await a_moderator(db), hidden, Act.HIDE)
    number = await appeals.file(
        db, await actor(db, hidden.author_id), decision, Filing(body="見直してください。")
    )
    await login(client, moderator.id or 0)
    screens = (
        "/queue",
        f"/queue/{post.id}",
        f"/queue/{other.id}",
        f"/queue/{post.id}/mask",
        f"/queue/{post.id}/author",
        f"/appeals/{number}",
    )
    for screen in screens:
        page = await client.get(screen)
        assert WORDS not in outside_folds(page), screen
        assert "たたん" in page.text or FOLDED in page.text
    assert WORDS in (await client.get(f"/queue/{post.id}")).text
    form = {"minutes": "0", "posts": "0"}
    assert (await client.post("/queue/care", data=form)).status_code == 303
    for screen in screens:
        assert WORDS in outside_folds(await client.get(screen)), screen


async def test_many_at_once_name_no_hard_words(db: Database, client: httpx.AsyncClient, login: Login) -> None:
    moderator, post = await a_moderator(db), await a_reported_post(db)
    report = await db.value("select id from reports where post_id = :id", id=post.id)
    await login(client, moderator.id or 0)
    form = {
        "items": f"{post.id}.{post.version}.{report}",
        "act": "hide",
        "rule": "11",
        "reason": "命の危険です。",
    }
    page = await client.post("/queue/bulk", data=form)
    assert (page.status_code, WORDS in page.text) == (200, False)


async def test_a_break_is_proposed_put_away_and_never_in_the_way(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    moderator, topic = await a_moderator(db), await a_topic(db)
    posts = [await a_reported_post(db, topic=topic) for _ in range(5)]
    await choose(db, moderator, Comforts(minutes=0, posts=5))
    for post in posts:
        await decide(db, moderator, post, Act.HIDE)
    waiting = await a_reported_post(db, topic=topic)
    await login(client, moderator.id or 0)
    for address in ("/queue", f"/queue/{waiting.id}"):
        page = await client.get(address)
        assert "少し休みませんか" in page.text
        assert "つらい内容の投稿が5件" in page.text
        assert values(parsed(page))["next"] == address
    refused = await client.post("/queue/bulk", data={"items": f"{waiting.id}.1.1", "act": "hide"})
    assert values(parsed(refused))["next"] == "/queue"
    there = await client.post("/queue/care/rest", data={"next": f"/queue/{waiting.id}"})
    assert (there.status_code, there.headers["location"]) == (303, f"/queue/{waiting.id}")
    elsewhere = await client.post("/queue/care/rest", data={"next": "//elsewhere.test"})
    assert elsewhere.headers["location"] == "/queue"
    assert "少し休みませんか" not in (await client.get("/queue")).text


async def test_a_reporter_says_that_it_is_hard_to_read(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post = await a_post(db)
    await login(client, (await an_account(db)).id or 0)
    form = {"rule": "4", "note": "", "distressing": "on"}
    assert (await client.post(f"/posts/{post.id}/report", data=form)).status_code == 303
    assert await queries.hard(db, [post.id]) == {post.id}


@pytest.mark.parametrize("form", [{"minutes": "7"}, {"posts": "-1"}, {"minutes": "x"}])
async def test_only_what_is_offered_can_be_chosen(
    db: Database, client: httpx.AsyncClient, login: Login, form: dict[str, str]
) -> None:
    await login(client, (await a_moderator(db)).id or 0)
    assert (await client.post("/queue/care", data={"minutes": "60", "posts": "10"} | form)).status_code == 422


async def test_what_was_chosen_is_nobody_elses_business(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    await choose(db, one, Comforts(folded=False, minutes=30, posts=5))
    assert await queries.comforts(db, other.id or 0) == Comforts(folded=True)
    await login(client, (await an_account(db)).id or 0)
    assert (await client.get("/queue/care")).status_code == 403
    assert (await client.post("/queue/care", data={"minutes": "30", "posts": "5"})).status_code == 403
