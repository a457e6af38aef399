"""What was said in the room and may not be read any more reaches no clerk who answers it; what may be read is in the result."""

import io
import zipfile

import httpx

from forum.db import Database
from forum.posts.rules import Post
from moderation.consultations.actions import answering
from moderation.consultations.actions.answering_further import answer_further
from moderation.consultations.verifying import mismatches
from moderation.digests import actions as digests
from moderation.digests.queries import opinions
from moderation.digests.rules import HIDDEN
from tests.conftest import Login
from tests.factories import a_post, a_topic, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, Procedure, days_later, on_day
from tests.moderation.digests.desk import a_plan, act, confirm_all, hide, restore, said_in


async def test_words_that_were_hidden_are_on_no_page_of_the_clerk(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    with on_day(9):
        topic = await a_topic(db, body="駅前に大きな木を植えてください。")
        hidden = await a_post(db, topic=topic, body="歩道橋に屋根を付けてください。")
    period = {"first_day": days_later(8).date(), "last_day": days_later(20).date()}
    plan = a_plan(consultation_id=procedure.id, topics=[topic.topic_id], **period)
    digest_id = await digests.start(db, procedure.clerk, plan, TOKYO)
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
    roof, tree = await said_in(db, digest_id, "屋根"), await said_in(db, digest_id, "大きな木")
    for title, opinion in (("屋根", roof), ("木", tree)):
        await act(db, procedure.clerk, digest_id, "split", opinions=[opinion.id], title=title)
    await confirm_all(db, procedure.clerk, digest_id)
    groups = {group.row.title: group.row.id for group in (await stories.the_gathered(db, procedure)).groups}
    await answer_further(db, procedure.clerk, procedure.id, roof.id, [groups["木"]])
    await hide(db, hidden)
    await login(client, procedure.clerk.id or 0)
    bench = f"/consultations/{procedure.id}/answers"
    further = f"/consultations/{procedure.id}/opinions/{roof.id}/answers"
    for place in (bench, *(f"{bench}/{group}" for group in groups.values()), further):
        page = (await client.get(place)).text
        assert "歩道橋" not in page, place
        assert "None" not in page, place
        assert ("大きな木" in page) == (place in (bench, f"{bench}/{groups['木']}"))
        assert ("言葉は載せていません" in page) == (place != bench)


async def a_submitted_post(db: Database, procedure: Procedure) -> Post:
    """Whose author submitted its words in a somewhat longer form."""
    author = await an_account(db)
    post = await a_topic(db, author, body="歩道橋に屋根を付けてください。")
    await stories.a_submission(db, procedure, author, body=f"{post.raw}雨の日に困ります。", post_id=post.id)
    return post


async def test_what_was_submitted_from_a_post_leaves_a_published_result_with_it_and_its_hash_stays(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    post = await a_submitted_post(db, procedure)
    await stories.considered(db, procedure=procedure)
    digest = (await stories.the_gathered(db, procedure)).digest
    roof = await said_in(db, digest.id, "屋根")
    await act(db, procedure.clerk, digest.id, "split", opinions=[roof.id], title="雨よけ")
    await confirm_all(db, procedure.clerk, digest.id)
    for group in (await stories.the_gathered(db, procedure)).groups:
        with on_day(41):
            await answering.answer(db, procedure.clerk, procedure.id, group.row.id, stories.a_reply())
    with on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    await hide(db, post)
    told = (await client.get(f"/consultations/{procedure.id}/results.json")).json()
    hidden = next(o for group in told["groups"] for o in group["opinions"] if o["sha256"] == roof.sha256)
    assert hidden["text"] is None
    assert hidden["source"]["sha256"] == roof.source_sha256
    number = next(group["number"] for group in told["groups"] if hidden in group["opinions"])
    page = (await client.get(f"/consultations/{procedure.id}/results/groups/{number}")).text
    assert "掲載していません" in page
    assert "屋根" not in page
    assert [line async for line in mismatches(db)] == []
    await restore(db, post)
    assert "屋根" in (await client.get(f"/consultations/{procedure.id}/results/groups/{number}")).text


async def test_what_was_submitted_from_a_hidden_post_is_set_aside_until_that_is_restored(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.announced(db)
    early, late = await a_submitted_post(db, procedure), await a_submitted_post(db, procedure)
    await hide(db, early)
    await login(client, procedure.clerk.id or 0)
    desk = (await client.get(f"/consultations/{procedure.id}/desk")).text
    assert (desk.count("雨の日"), desk.count("言葉は載せていません")) == (1, 1)
    with on_day(40):
        digest_id = await answering.consider(db, procedure.clerk, procedure.id)
    await hide(db, late)
    assert (await stories.the_gathered(db, procedure)).ledger.stale
    await digests.retake(db, procedure.clerk, digest_id)
    told = await opinions.all_of(db, digest_id)
    assert {(o.disposition, o.reason, o.text) for o in told} == {("set_aside", HIDDEN, None)}
    for post in (early, late):
        await restore(db, post)
    assert await digests.retake(db, procedure.clerk, digest_id) == 2
    told = await opinions.all_of(db, digest_id)
    assert {(o.disposition, o.reason, o.text is None) for o in told} == {("undecided", None, False)}
    assert await digests.retake(db, procedure.clerk, digest_id) == 0


async def test_replies_under_an_opening_that_was_hidden_are_read_in_the_result_as_in_the_room(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.announced(db)
    with on_day(9):
        topic = await a_topic(db, body="駅前に大きな木を植えてください。")
        await a_post(db, topic=topic, body="歩道橋に屋根を付けてください。")
    period = {"first_day": days_later(8).date(), "last_day": days_later(20).date()}
    plan = a_plan(consultation_id=procedure.id, topics=[topic.topic_id], **period)
    digest_id = await digests.start(db, procedure.clerk, plan, TOKYO)
    await confirm_all(db, procedure.clerk, digest_id)
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
        for group in (await stories.the_gathered(db, procedure)).groups:
            await answering.answer(db, procedure.clerk, procedure.id, group.row.id, stories.a_reply())
    with on_day(41):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    await hide(db, topic)
    page = (await client.get(f"/consultations/{procedure.id}/results")).text
    assert "大きな木" not in page
    assert "歩道橋に屋根" in page
    bundle = (await client.get(f"/consultations/{procedure.id}/results.zip")).content
    originals = zipfile.ZipFile(io.BytesIO(bundle)).read("originals.json").decode()
    assert "歩道橋に屋根" in originals
    assert "大きな木" not in originals
