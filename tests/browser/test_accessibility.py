"""axe-core finds nothing to complain of, and no page scrolls sideways, in both languages, light and dark."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from forum import clock
from forum.access import Actor, Role
from forum.db import Database
from forum.posts.actions import look_under_masks
from forum.posts.queries import posts
from forum.posts.rules import Edit, Post
from forum.topics.actions import discussing, steering
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.approvals.rules import Note
from moderation.digests.actions import ask_approval, publish_digest
from moderation.digests.actions.objecting import file_objection
from moderation.digests.rules.objecting import Objecting
from moderation.duties.actions import enter as enter_duty
from moderation.duties.rules import Entry
from moderation.figures.actions import recount
from moderation.reviews import actions as reviews
from moderation.reviews.actions import masking
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish
from moderation.reviews.rules import Complaint, Verdict
from moderation.rights import actions as rights
from moderation.rights.rules import Filing as Claim
from tests.browser.conftest import Enter
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.moderation.approvals.test_approving import ready, switch
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import SEAL
from tests.moderation.digests.desk import a_discussion, a_draft, act, confirm_all, said_in
from tests.moderation.digests.test_objecting import heard
from tests.moderation.digests.test_publishing import a_published_digest
from tests.moderation.inquiries.test_inquiries import asked
from tests.moderation.maps import residents
from tests.moderation.reviews.test_pairs import AT_ONCE, a_desk, hide, propose

Scheme = Literal["light", "dark"]
# The narrowest window that text must fit into (WCAG 2.2, 1.4.10), and that of a desk. Half of the work each.
WIDTHS: dict[Scheme, int] = {"light": 320, "dark": 1280}
OPEN_MENUS = "document.querySelectorAll('details').forEach(details => { details.open = true })"
PIXELS_TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"


@dataclass(frozen=True, slots=True)
class Tour:
    """Somebody, and the pages that they look at."""

    visitor: Actor | None
    addresses: tuple[str, ...]


@pytest_asyncio.fixture(scope="session")
async def tours(site_db: Database) -> list[Tour]:
    return [
        *await the_room(site_db),
        await digesting(site_db),
        *await mapping(site_db),
        *await asking_sections(site_db),
        *await hearing_authors(site_db),
        *await approving(site_db),
        *await public_comment(site_db),
    ]


async def the_room(db: Database) -> list[Tour]:
    """Posts in every state, for guests, their author and a moderator."""
    resident, moderator, board = await an_account(db), await a_moderator(db), await a_board(db)
    topic = await a_topic(db, resident, board=board, title="野川の遊歩道を夜も歩きやすくしてほしい")
    answer = await a_post(db, await a_staff_member(db), topic=topic, body="担当課です。**調べます**。")
    words = f"> [担当課 #2](/posts/{answer.id})\n> 調べます。\n\n待っています。"
    mine = await a_post(db, resident, topic=topic, body=words, reply_to_id=answer.id)
    await discussing.edit(db, resident, mine.id, Edit(body="お待ちしています。", version=mine.version))
    gone = await a_post(db, resident, topic=topic)
    await discussing.withdraw(db, resident, gone.id)
    held = await a_post(db, await a_newcomer(db), topic=topic, body="はじめて書きます。")
    facilitator = await a_facilitator(db, board)
    locked = await a_topic(db, facilitator, board=board)
    await steering.pin(db, facilitator, locked.topic_id)
    await steering.lock(db, facilitator, locked.topic_id)
    for rule in (1, 4):
        await reviews.report(db, await an_account(db), answer.id, Complaint(rule=rule, note="見てください。"))
    hidden = await a_post(db, resident, topic=topic, body="安く売ります。")
    grounds = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=hidden.version)
    decision = await reviews.decide(db, moderator, hidden.id, grounds)
    number = await appeals.file(db, resident, decision, Filing(body="お祭りのお知らせです。"))
    contest = (f"/appeals/{number}",)
    judge_appeals = ("/appeals", f"/appeals/{number}")
    unfair = await a_post(db, resident, topic=topic, body="お祭りです。")
    grounds = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=unfair.version)
    await reviews.decide(db, moderator, unfair.id, grounds)
    line = await db.value("select number from decisions where id = :id", id=decision)
    await recount(db, clock.now().date())
    tomorrow = clock.now().date() + timedelta(days=1)
    entry = Entry(account_id=moderator.id or 0, board_id=board.id, start=tomorrow, end=tomorrow)
    await enter_duty(db, moderator, entry, tomorrow)
    read = ("/", f"/boards/{board.slug}", f"/topics/{topic.topic_id}", f"/topics/{locked.topic_id}")
    guide = (
        "/guide",
        "/guide/journey",
        "/rules",
        "/rules/4?version=1",
        "/rules/history",
        "/guide/writing",
        "/guide/appeals",
        "/appeals",
        "/guide/accessibility",
    )
    found = (
        "/search?q=野川",
        "/moderation/log",
        "/moderation/recounts",
        "/transparency",
        f"/moderation/log/{line}",
        f"/posts/{mine.id}/revisions",
        "/nowhere",
    )
    write = (
        f"/topics/{topic.topic_id}?quote={answer.id}",
        f"/boards/{board.slug}/topics/new",
        *(f"/posts/{mine.id}/edit", f"/posts/{mine.id}/withdraw", f"/posts/{answer.id}/report"),
    )
    judge = (
        "/queue",
        "/queue/overview",
        "/reminders",
        "/rota",
        "/queue/care",
        *(f"/queue/{post.id}" for post in (held, answer, hidden)),
        *(f"/queue/{answer.id}/{page}" for page in ("mask", "author")),
        f"/topics/{topic.topic_id}/keep",
    )
    redress = await _redress(db, mine, moderator)
    return [
        Tour(None, (*read, *guide, *found, "/register", "/login", "/rights-requests/new", "/guide/rights")),
        Tour(resident, (*write, *contest, f"/appeals/new?post={unfair.id}", "/", "/inbox", "/account")),
        Tour(await a_moderator(db), judge_appeals),
        *await deciding_in_pairs(db),
        Tour(moderator, (*judge, f"/topics/{topic.topic_id}", *redress)),
        Tour(await an_account(db, Role.ADMINISTRATOR), ("/moderation/looks",)),
    ]


async def _redress(db: Database, post: Post, moderator: Actor) -> tuple[str, ...]:
    """A request about a post that was masked, whose words and whose requester somebody looked at."""
    wish = Wish(act=Act.MASK, passages="待ち", rule=1, reason="ためしです。", version=post.version + 1)
    await masking.decide(db, moderator, post.id, wish)
    masked, view = await the_post(db, post.id), await posts.view(db, post.id)
    assert view is not None
    await look_under_masks(db, moderator, masked, "確かめるため")
    person = {"name": "小金井花子", "email": "hanako@example.jp", "infringed": "privacy"}
    claim = await rights.file(db, SEAL, view, Claim(post="1", words="待", reason="私のことです。", **person))
    await rights.open_envelope(db, SEAL, moderator, claim, "本人か確かめるため")
    return ("/rights-requests", f"/rights-requests/{claim}", f"/posts/{post.id}/sealed")


async def deciding_in_pairs(db: Database) -> list[Tour]:
    """Proposals that wait and one that went at once, for whoever made them, whoever answers, and everybody."""
    desk = await a_desk(db)
    waits, urgent = [await a_post(db, topic=desk.topic, body="電話の話です。") for _ in range(2)]
    await hide(db, desk.first, waits)
    await propose(db, desk.first, waits, Act.SILENCE)
    await propose(db, desk.first, urgent, Act.MASK, AT_ONCE)
    items = (f"/queue/{waits.id}", f"/queue/{urgent.id}")
    return [
        Tour(desk.first, ("/queue", items[0], f"{items[0]}/mask", f"{items[0]}/author")),
        Tour(desk.second, ("/queue?kind=proposed", *items)),
        Tour(await an_account(db, Role.ADMINISTRATOR), ("/moderation/pairs",)),
    ]


async def public_comment(db: Database) -> list[Tour]:
    """Procedures at every stage, for their readers and their sections."""
    prepared, opened = await stories.prepared(db), await stories.open_now(db)
    considered, published = await stories.considered(db), await stories.published(db)
    group = (await stories.the_gathered(db, considered)).groups[0].row.id
    receipt = await db.value("select receipt from submissions order by id desc limit 1")
    sha256 = await db.value("select sha256 from consultations where id = :id", id=published.id)
    results = ("", "/groups", "/groups/1", "/set-aside")
    read = (
        *(f"/consultations/{opened.id}", f"/consultations/{opened.id}/submissions"),
        *(f"/consultations/{published.id}/results{part}" for part in results),
        f"/consultations/{published.id}/submissions/{receipt}",
        f"/consultations/{considered.id}/results",
    )
    return [
        Tour(None, ("/consultations", *read, "/open-data", f"/verify?hash={sha256}", "/verify?hash=x")),
        Tour(prepared.clerk, ("/consultations/new", *_at(prepared.id, "desk", "edit"))),
        Tour(opened.clerk, _at(opened.id, "desk", "papers")),
        Tour(considered.clerk, _at(considered.id, "desk", "answers", f"answers/{group}")),
    ]


def _at(consultation_id: int, *places: str) -> tuple[str, ...]:
    return tuple(f"/consultations/{consultation_id}/{place}" for place in places)


async def digesting(db: Database) -> Tour:
    """A clerk between a published digest and a draft whose sources have changed since."""
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    published = await a_draft(db, await a_discussion(db), clerk)
    await confirm_all(db, clerk, published.id)
    await publish_digest(db, clerk, published.id)
    draft = await a_draft(db, posts, clerk)
    opinion = await said_in(db, draft.id, "満車")
    await act(db, clerk, draft.id, "set_aside", opinions=[opinion.id], reason="駅前の計画で扱うため")
    await a_post(db, topic=posts[0], body="街灯を増やしてください。")
    bench = tuple(f"/digests/{draft.id}/edit?show={tab}&q=図書館" for tab in ("groups", "aside", "found"))
    pages = ("", "/set-aside", "/progress")
    read = tuple(f"/digests/{published.id}{page}" for page in pages)
    return Tour(clerk, ("/digests", "/digests/new", *bench, f"/digests/{draft.id}/publish", *read))


async def asking_sections(db: Database) -> list[Tour]:
    """A question, for whoever asked and for the section that answers."""
    story = await asked(db)
    page, new = f"/inquiries/{story.id}", f"/digests/{story.digest_id}/groups/{story.group_id}/inquiries"
    return [Tour(story.clerk, ("/inquiries", new, page)), Tour(story.expert, ("/inquiries", page))]


async def hearing_authors(db: Database) -> list[Tour]:
    """A draft that its authors see: one has objected, one may."""
    story = await heard(db)
    objecting = Objecting(words="別の話です。")
    await file_objection(db, story.authors[0], story.digest_id, objecting)
    yours, objections = f"/digests/{story.digest_id}/yours", f"/digests/{story.digest_id}/objections"
    return [*(Tour(author, (yours,)) for author in story.authors[:2]), Tour(story.clerk, (objections,))]


async def approving(db: Database) -> list[Tour]:
    """A digest whose publication waits for a second person, for both of them."""
    first, second, draft = await ready(db)
    await ask_approval(db, first, draft.id, Note(note="要約を見てください。"))
    page = f"/digests/{draft.id}/publish"
    return [Tour(first, (page,)), Tour(second, (page,)), Tour(await switch(db, "no"), ("/approvals",))]


async def mapping(db: Database) -> list[Tour]:
    """A map, a resident in the middle of answering, and a clerk who is about to ask."""
    _clerk, drawn, _map = await residents.asked(db)
    await residents.two_camps(db, drawn.id)
    await residents.draw(db, drawn.id)
    _clerk, asked, _map = await residents.asked(db)
    resident = await an_account(db)
    await residents.say(db, resident, asked.id, "+-")
    clerk, published = await a_published_digest(db)
    here = f"/digests/{asked.id}/map"
    return [
        Tour(None, (f"/digests/{drawn.id}/map", here, "/open-data")),
        Tour(resident, (here, f"{here}/points/1")),
        Tour(clerk, (f"/digests/{published.id}/map/open",)),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_every_screen_is_accessible(
    browser: Browser, site_url: str, tours: list[Tour], enter: Enter, locale: str, scheme: Scheme
) -> None:
    found: list[str] = []
    for tour in tours:
        async with await browser.new_context(base_url=site_url, color_scheme=scheme) as context:
            await context.add_cookies([{"name": "locale", "value": locale, "url": site_url}])
            if tour.visitor:
                await enter(context, tour.visitor)
            page = await context.new_page()
            await page.set_viewport_size({"width": WIDTHS[scheme], "height": 800})
            for address in tour.addresses:
                found += [f"{address}: {problem}" for problem in await _problems(page, address)]
            assert await page.locator("html").get_attribute("lang") == locale
    assert "\n".join(found) == ""


async def _problems(page: Page, address: str) -> list[str]:
    await page.goto(address)
    await page.evaluate(OPEN_MENUS)
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ] + [f"{much} px too wide" for much in [await page.evaluate(PIXELS_TOO_WIDE)] if much > 0]
