"""Whoever submitted is heard before the result is out: with an account, by the receipt, or by a letter."""

import json
from datetime import timedelta
from email import message_from_bytes, policy

import httpx
import pytest
from starlette.applications import Starlette

from forum.db import Database
from forum.errors import Forbidden
from moderation.consultations import jobs
from moderation.consultations.actions import answering
from moderation.digests import actions as digests
from moderation.digests import verifying
from moderation.digests.actions import objecting
from moderation.digests.queries import objections
from moderation.digests.rules.objecting import Answering, Opening
from tests.conftest import Login
from tests.factories import an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO, Procedure, on_day
from tests.moderation.consultations.test_late import a_late_paper
from tests.moderation.digests.test_objecting import kinds
from tests.pages import actions, links, parsed, problems

WORDS = "木ではなく日陰の話です。"
DAY = 41


async def heard(db: Database, procedure: Procedure) -> int:
    """Everybody is asked on day 41, until the end of day 48."""
    digest_id = (await stories.the_gathered(db, procedure)).digest.id
    with on_day(DAY):
        last = stories.days_later(DAY + 7).astimezone(TOKYO).date()
        await objecting.open_window(db, procedure.clerk, digest_id, Opening(last_day=last), TOKYO)
    return digest_id


async def mails(db: Database) -> list[dict[str, object]]:
    rows = await db.rows("select payload from pgqueuer where entrypoint = 'submitter_mail' order by id")
    return [json.loads(row["payload"]) for row in rows]


async def test_a_submitter_objects_by_the_receipt_and_the_result_waits(
    db: Database, client: httpx.AsyncClient
) -> None:
    procedure = await stories.answered(db)
    await db.run("delete from pgqueuer")
    digest_id = await heard(db, procedure)
    web, *_papers = told = await mails(db)
    assert len(told) == 3, "one for each receipt without an account"
    place = str(web["place"])
    with on_day(DAY + 1):
        receipt = await client.get(place.removesuffix("/place"))
        assert place in links(parsed(receipt))
        page = await client.get(place)
        assert "街路樹を守ってください。" in page.text
        assert "日陰になるので" not in page.text
        assert place in actions(parsed(page))
        assert "/drafts" not in page.text, "nobody is known to keep them for"
        assert problems(parsed(await client.post(place, data={"words": ""}))).keys() == {"words"}
        assert (await client.post(place, data={"words": WORDS})).status_code == 303
        assert (await client.post(place, data={"words": WORDS})).status_code == 403
        assert WORDS in (await client.get(place)).text
        gathered = await stories.the_gathered(db, procedure)
        assert [len(gathered.lacking), len(gathered.unheard)] == [0, 2]
    await db.run("delete from pgqueuer")
    with on_day(DAY + 9):
        (one,) = await objections.of(db, digest_id)
        for refused in ("答えていない", None):
            if refused:
                with pytest.raises(Forbidden):
                    await answering.publish_result(db, procedure.clerk, procedure.id)
                answer = Answering(answer="日陰の論点に移しました。")
                await objecting.answer_objection(db, procedure.clerk, digest_id, one.id, answer)
        assert [mail["template"] for mail in await mails(db)] == ["notifications/objection_answered.txt"]
        await answering.publish_result(db, procedure.clerk, procedure.id)
        assert (await client.get(place)).headers["location"] == place.removesuffix("/place")
        public = (await client.get(f"/digests/{digest_id}/objections")).text
    assert WORDS in public
    assert str(one.receipt) not in public
    assert [line async for line in verifying.mismatches(db)] == []


async def test_each_is_told_by_the_way_that_reaches_them(
    db: Database, client: httpx.AsyncClient, login: Login, app: Starlette
) -> None:
    author = await an_account(db)
    procedure = await stories.considered(db, by=author)
    await db.run("delete from pgqueuer")
    digest_id = await heard(db, procedure)
    assert (await kinds(db, author))[0] == "digest_grouped"
    papers = await mails(db)
    assert len(papers) == 2
    with_address = await stories.a_submission(db, await stories.announced(db))
    payload = {**papers[0], "submission_id": with_address.id}
    await jobs.JOBS["submitter_mail"](app.state.site, payload)
    (mail,) = (app.state.site.settings.var_dir / "mail").glob("*.eml")
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    body = message.get_content()
    assert "あなたの意見は、この論点にまとめられました" in str(message["subject"])
    assert (str(papers[0]["place"]) in body, "5月19日" in body) == (True, True)
    letters = f"/digests/{digest_id}/objections/letters"
    with on_day(DAY + 1):
        submission = (await client.get(str(papers[0]["place"]))).status_code
        assert (submission, (await client.get(letters)).status_code) == (200, 404)
        own = await db.value("select receipt from submissions where account_id = :id", id=author.id)
        by_number = await client.get(f"/consultations/{procedure.id}/submissions/{own}/place")
        assert by_number.headers["location"] == f"/digests/{digest_id}/yours"
        await login(client, procedure.clerk.id or 0)
        listing = await client.get(f"/digests/{digest_id}/objections")
        assert letters in links(parsed(listing))
        assert "紙で出された2件には、手紙で知らせます。" in listing.text
        page = (await client.get(letters)).text
    assert page.count('class="card stack-small letter"') == 2
    assert (
        str(await db.value("select name from sections where id = :id", id=procedure.clerk.section_id)) in page
    )
    assert ("日陰になるので" in page, str(own) in page, "計画の対象外" in page) == (True, False, True)


async def test_a_late_paper_has_the_days_that_everybody_had(db: Database) -> None:
    procedure = await stories.answered(db)
    digest_id = await heard(db, procedure)
    await db.run("delete from pgqueuer")
    with on_day(DAY + 7):
        await a_late_paper(db, procedure, day=DAY + 7, lateness="considered", late_because="郵便の遅れのため")
        await digests.retake(db, procedure.clerk, digest_id)
    assert len(await mails(db)) == 1
    (own,) = await objections.times(db, digest_id)
    window = await objections.window(db, digest_id)
    assert window
    assert own.closes_at - window.closes_at == timedelta(days=7)
    with on_day(DAY + 12):
        assert len((await stories.the_gathered(db, procedure)).unheard) == 1
    with on_day(DAY + 16):
        assert (await stories.the_gathered(db, procedure)).unheard == ()
    assert [line async for line in verifying.mismatches(db)] == []
