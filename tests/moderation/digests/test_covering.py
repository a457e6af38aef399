"""Names of groups do not go on saying what nobody may read any more."""

from datetime import datetime

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden
from forum.posts.rules import Post
from moderation.digests import actions
from moderation.digests.covering import covered, points
from moderation.digests.queries.groups import Named
from moderation.digests.rules import Description, Digest
from moderation.digests.verifying import mismatches
from moderation.inquiries import actions as inquiries
from moderation.inquiries.rules import Question
from tests.conftest import Login
from tests.factories import a_post, a_staff_member
from tests.moderation.digests.desk import (
    ZONE,
    a_discussion,
    a_draft,
    a_plan,
    act,
    confirm_all,
    groups_of,
    hide,
    restore,
    said_in,
    the_digest,
)

SECRET = "山田商店の裏金"
SUMMARY = f"{SECRET}をただちに調べるべきです。駅前の話です。"


@pytest.mark.parametrize(
    ("title", "lost", "read", "shown"),
    [
        ("駐輪場の屋根", "駐輪場の屋根がほしい。", "花壇がほしい。", "■■■■■■"),
        ("駐輪場の屋根", "駐輪場の屋根がほしい。", "駐輪場の屋根に賛成。", "駐輪場の屋根"),
        ("屋根のこと", "駐輪場の屋根がほしい。", "花壇がほしい。", "屋根のこと"),
        ("ＩＴの講座", "ITの講座を開いて。", "花壇がほしい。", "■■■■■"),
        ("駐輪場の屋根がほしい…", "駐輪場の屋根がほしいと、前から思う。", "", "■■■■■■■■■■■"),
        ("木", "木を植えて。", "", "木"),
    ],
)
def test_a_title_is_covered_where_lost_words_alone_say_it(
    title: str, lost: str, read: str, shown: str
) -> None:
    named = Named(id=1, position=1, title=title, summary="", theme="", plan_section_id=None, lost=[lost])
    assert covered(named, [read]).title == shown


def test_of_a_summary_the_sentences_and_of_a_theme_the_phrases_are_covered() -> None:
    named = Named(
        id=1,
        position=1,
        title="駅",
        summary=SUMMARY,
        theme=f"駅前・{SECRET}",
        plan_section_id=None,
        lost=[SUMMARY],
    )
    shown = covered(named, ["駅前の話です。"])
    assert shown.summary == "■" * len(SUMMARY.split("。")[0] + "。") + "駅前の話です。"
    assert shown.theme == "駅前・" + "■" * len(SECRET)


async def a_named_draft(db: Database) -> tuple[Actor, Post, Digest, int]:
    """Of a discussion, with a point that is named in the words of one post."""
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    post = await a_post(db, topic=posts[0], body=SUMMARY.split("。")[0] + "。")
    draft = await a_draft(db, posts, clerk)
    said = await said_in(db, draft.id, SECRET)
    await act(db, clerk, draft.id, "split", opinions=[said.id], title=SECRET)
    await confirm_all(db, clerk, draft.id)
    point = next(group for group in await groups_of(db, draft.id) if group.title == SECRET)
    await describe(db, clerk, draft.id, point.id, SECRET, SUMMARY)
    return clerk, post, draft, point.id


async def describe(
    db: Database, clerk: Actor, digest_id: int, group_id: int, title: str, summary: str
) -> None:
    version = (await the_digest(db, digest_id)).version
    words = Description.model_validate({"title": title, "summary": summary, "version": version})
    await actions.describe(db, clerk, digest_id, group_id, words)


async def test_a_draft_is_not_published_with_a_name_that_hidden_words_alone_say(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk, post, draft, point = await a_named_draft(db)
    said = await said_in(db, draft.id, "満車")
    await act(db, clerk, draft.id, "move", opinions=[said.id], to=point)
    await confirm_all(db, clerk, draft.id)
    other = (await a_staff_member(db)).section_id or 0
    due = datetime.now(ZONE).date()
    await inquiries.ask(db, clerk, draft.id, point, Question(section=other, question="？", due=due), ZONE)
    await hide(db, post)
    await actions.retake(db, clerk, draft.id)
    await act(db, clerk, draft.id, "quote", opinions=[said.id])
    with pytest.raises(Forbidden) as refused:
        await actions.publish_digest(db, clerk, draft.id)
    assert "公開されていない言葉が題や要約に残っている論点が1件" in refused.value.reason
    assert "裏金" not in refused.value.reason
    await login(client, clerk.id or 0)
    for place in ("edit", f"edit?group={point}", "publish"):
        page = (await client.get(f"/digests/{draft.id}/{place}", follow_redirects=True)).text
        assert "裏金" not in page, place
    assert "■■■" in page
    await describe(db, clerk, draft.id, point, "駅前の店", "駅前の話です。")
    await actions.publish_digest(db, clerk, draft.id)


async def test_what_is_published_covers_such_names_and_keeps_its_hash(
    db: Database, client: httpx.AsyncClient
) -> None:
    clerk, post, draft, _point = await a_named_draft(db)
    sha256 = await actions.publish_digest(db, clerk, draft.id)
    addresses = (f"/digests/{draft.id}", f"/digests/{draft.id}.json")
    for address in addresses:
        assert "裏金" in (await client.get(address)).text
    await hide(db, post)
    for address in addresses:
        page = (await client.get(address)).text
        assert "裏金" not in page
        assert "■■■" in page
    told = (await client.get(addresses[1])).json()
    assert (told["sha256"], sum(group["covered"] for group in told["groups"])) == (sha256, 1)
    assert [line async for line in mismatches(db)] == []
    # Nor is a point of the next digest named so, made by compiling or taken over.
    again = await a_draft(db, [post], clerk)
    taken = await actions.start(db, clerk, a_plan(digests=[draft.id]), ZONE)
    await actions.take_in(db, clerk, again.id, draft.id)
    for number in (again.id, taken):
        assert not any("裏金" in group.title + group.summary for group in await groups_of(db, number))
    await restore(db, post)
    assert SECRET in {group.title for group in await points(db, draft.id)}
