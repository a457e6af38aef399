"""The screens of digests, and of whom they ask and hear."""

import pytest
import pytest_asyncio

from forum.db import Database
from moderation.approvals.rules import Note
from moderation.digests.actions import ask_approval, publish_digest
from moderation.digests.actions.objecting import file_objection
from moderation.digests.rules.objecting import Objecting
from tests.browser.screens.conftest import Look, Tour
from tests.factories import a_post, a_staff_member, an_account
from tests.moderation.approvals.test_approving import ready, switch
from tests.moderation.digests.desk import a_discussion, a_draft, act, confirm_all, said_in
from tests.moderation.digests.test_objecting import heard
from tests.moderation.digests.test_publishing import a_published_digest
from tests.moderation.inquiries.test_inquiries import asked
from tests.moderation.maps import residents

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest_asyncio.fixture(scope="session")
async def tours(site_db: Database) -> list[Tour]:
    return [
        await digesting(site_db),
        *await mapping(site_db),
        *await asking_sections(site_db),
        *await hearing_authors(site_db),
        *await approving(site_db),
    ]


async def test_every_screen_is_accessible(look: Look, tours: list[Tour]) -> None:
    await look(tours)


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
    bench += (f"/digests/{draft.id}/history", f"/digests/{draft.id}/opinions/{opinion.id}/cut")
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
