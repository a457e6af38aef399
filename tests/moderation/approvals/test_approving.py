"""Where the town asks for it, nothing is published that a second person has not approved, to the letter."""

from datetime import timedelta

import httpx
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.accounts.actions.leaving import plan_to_leave
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from moderation.approvals import actions, proofs, queries
from moderation.approvals.rules import Answer, Kind, Note, Outcome, Switch
from moderation.consultations.actions import answering, approving
from moderation.consultations.actions.approving import subject as result
from moderation.consultations.queries import notices
from moderation.digests import actions as digests
from moderation.digests.actions.approving import subject
from moderation.digests.rules import Digest, Heading
from tests.conftest import Login
from tests.factories import a_section, a_staff_member, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import Procedure, on_day
from tests.moderation.digests.desk import a_discussion, a_draft, confirm_all, the_digest
from tests.moderation.reviews.test_actions import told
from tests.pages import actions as targets
from tests.pages import links, parsed, values


async def switch(db: Database, asks: str = "yes") -> Actor:
    """An administrator of a town with more than one clerk decides how it publishes."""
    administrator, _clerk = await an_account(db, Role.ADMINISTRATOR), await a_staff_member(db)
    await actions.switch(db, administrator, Switch.model_validate({"asks": asks, "why": "要綱の改正"}))
    return administrator


async def ready(db: Database) -> tuple[Actor, Actor, Digest]:
    """Two colleagues, and a draft that could be published; the town asks for both of them."""
    section = await a_section(db)
    first, second = await a_staff_member(db, section), await a_staff_member(db, section)
    draft = await a_draft(db, await a_discussion(db), first)
    await confirm_all(db, first, draft.id)
    await switch(db)
    return first, second, await the_digest(db, draft.id)


async def confirm(db: Database, by: Actor, digest_id: int, step: str = "confirm", words: str = "") -> None:
    seen = (await subject(db, await the_digest(db, digest_id))).content
    await digests.answer_approval(
        db, by, digest_id, Answer.model_validate({"step": step, "answer": words, "seen": seen})
    )


async def mismatches(db: Database) -> list[str]:
    return [line async for line in proofs.mismatches(db)]


async def outcomes(db: Database, kind: Kind, number: int) -> list[str | None]:
    """The oldest first."""
    return [one.outcome for one in reversed(await queries.of(db, kind, number))]


async def reword(db: Database, by: Actor, digest_id: int) -> None:
    version = (await the_digest(db, digest_id)).version
    await digests.head(db, by, digest_id, Heading(title="別の題", summary="", version=version))


async def test_one_person_publishes_where_nobody_asks_for_two(db: Database) -> None:
    clerk = await a_staff_member(db)
    draft = await a_draft(db, await a_discussion(db), clerk)
    await confirm_all(db, clerk, draft.id)
    await digests.publish_digest(db, clerk, draft.id)
    await switch(db)
    assert await mismatches(db) == []


async def test_the_second_person_approves_and_then_it_is_published(db: Database) -> None:
    first, second, draft = await ready(db)
    with pytest.raises(Forbidden):
        await digests.publish_digest(db, first, draft.id)
    await digests.ask_approval(db, first, draft.id, Note(note="要約を見てください。"))
    assert [notice.kind for notice in await told(db, second)] == ["approval_asked"]
    with pytest.raises(Forbidden):
        await confirm(db, first, draft.id)
    await confirm(db, second, draft.id)
    assert "approval_answered" in [notice.kind for notice in await told(db, first)]
    sha256 = await digests.publish_digest(db, first, draft.id)
    assert [use.published for use in await queries.uses(db)] == [sha256]
    assert await mismatches(db) == []


async def test_whatever_changes_after_makes_an_approval_void(db: Database) -> None:
    first, second, draft = await ready(db)
    await digests.ask_approval(db, first, draft.id, Note())
    await confirm(db, second, draft.id)
    await reword(db, second, draft.id)
    with pytest.raises(Forbidden):
        await digests.publish_digest(db, first, draft.id)
    await digests.ask_approval(db, second, draft.id, Note())
    await confirm(db, first, draft.id)
    await digests.publish_digest(db, first, draft.id)
    assert await outcomes(db, Kind.DIGEST, draft.id) == ["confirmed", "confirmed"]


async def test_what_changed_while_it_waited_is_not_approved_but_asked_anew(db: Database) -> None:
    first, second, draft = await ready(db)
    await digests.ask_approval(db, first, draft.id, Note())
    await reword(db, first, draft.id)
    with pytest.raises(Conflict):
        await confirm(db, second, draft.id)
    await digests.ask_approval(db, first, draft.id, Note())
    await confirm(db, second, draft.id)
    assert await outcomes(db, Kind.DIGEST, draft.id) == [Outcome.OVERTAKEN, Outcome.CONFIRMED]
    assert await mismatches(db) == []


async def test_sending_it_back_needs_a_reason(db: Database) -> None:
    first, second, draft = await ready(db)
    await digests.ask_approval(db, first, draft.id, Note())
    with pytest.raises(Invalid):
        await confirm(db, second, draft.id, "decline")
    await confirm(db, second, draft.id, "decline", "要約がありません。")
    with pytest.raises(Forbidden):
        await digests.publish_digest(db, first, draft.id)


async def test_a_town_with_one_clerk_is_not_locked_out(db: Database) -> None:
    administrator = await an_account(db, Role.ADMINISTRATOR)
    with pytest.raises(Invalid):
        await actions.switch(db, administrator, Switch(asks="yes", why="規則"))


async def test_whoever_is_leaving_is_no_second_person(db: Database) -> None:
    administrator, clerk = await an_account(db, Role.ADMINISTRATOR), await a_staff_member(db)
    async with db.transaction():
        await plan_to_leave(db, clerk.id or 0, "account", clock.now() + timedelta(days=7), closes=True)
    with pytest.raises(Invalid):
        await actions.switch(db, administrator, Switch(asks="yes", why="規則"))


async def test_a_town_goes_back_to_one_on_record(db: Database) -> None:
    first, _second, draft = await ready(db)
    await switch(db, "no")
    await digests.publish_digest(db, first, draft.id)
    assert [one.asks for one in await queries.switches(db)] == [False, True]
    assert await mismatches(db) == []


async def test_a_result_is_approved_with_its_digest(db: Database) -> None:
    procedure = await stories.answered(db)
    colleague = await a_staff_member(db, procedure.clerk.section_id)
    with on_day(42):
        await switch(db)
    with on_day(43):
        with pytest.raises(Forbidden):
            await answering.publish_result(db, procedure.clerk, procedure.id)
        await approving.ask_approval(db, procedure.clerk, procedure.id, Note())
        seen = await content(db, procedure)
        await approving.answer_approval(db, colleague, procedure.id, Answer(step="confirm", seen=seen))
        await answering.publish_result(db, procedure.clerk, procedure.id)
    assert await mismatches(db) == []


async def test_the_section_that_may_approve_hears_of_it_whoever_proposes(db: Database) -> None:
    procedure = await stories.answered(db)
    with on_day(42):
        await switch(db)
    boss = await an_account(db, Role.ADMINISTRATOR)
    with on_day(43):
        await approving.ask_approval(db, boss, procedure.id, Note())
    assert "approval_asked" in [notice.kind for notice in await told(db, procedure.clerk)]


async def content(db: Database, procedure: Procedure) -> str:
    consultation = await notices.consultation(db, procedure.id)
    assert consultation is not None
    return (await result(db, consultation, await stories.the_gathered(db, procedure))).content


async def test_an_answer_saved_after_approval_asks_for_another(db: Database) -> None:
    procedure = await stories.answered(db)
    colleague = await a_staff_member(db, procedure.clerk.section_id)
    with on_day(42):
        await switch(db)
        await approving.ask_approval(db, procedure.clerk, procedure.id, Note())
        seen = await content(db, procedure)
        await approving.answer_approval(db, colleague, procedure.id, Answer(step="confirm", seen=seen))
        (group,) = (await stories.the_gathered(db, procedure)).groups
        reply = stories.a_reply(number=1, body="やはり考え直します。")
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, reply)
        with pytest.raises(Forbidden):
            await answering.publish_result(db, procedure.clerk, procedure.id)


async def test_what_was_published_past_it_is_found(db: Database) -> None:
    first, second, draft = await ready(db)
    await digests.ask_approval(db, first, draft.id, Note())
    await confirm(db, second, draft.id)
    await digests.publish_digest(db, first, draft.id)
    await db.run("set local session_replication_role = replica")
    (approval,) = await queries.of(db, Kind.DIGEST, draft.id)
    await db.run("delete from approval_uses")
    assert await mismatches(db) == [
        f"digest {draft.id}: was published without the approval that was asked for"
    ]
    await db.run(
        "update approvals set ended_by = :id where id = :approval", id=second.id, approval=approval.id
    )
    await db.run("update approvals set answer = 'よい'")
    assert f"approval {approval.id}: ended otherwise than its hash says" in await mismatches(db)


async def test_the_desk_shows_who_approved_what(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    first, second, draft = await ready(db)
    page, approval = f"/digests/{draft.id}/publish", f"/digests/{draft.id}/approval"
    await login(client, first.id or 0)
    assert page not in targets(parsed(await client.get(page)))
    assert (await client.post(approval, data={"note": "お願いします。"})).status_code == 303
    assert f"{approval}/answer" not in targets(parsed(await client.get(page)))
    await login(client, second.id or 0)
    seen = values(parsed(await client.get(page)))["seen"]
    sent_back = await client.post(f"{approval}/answer", data={"step": "decline", "answer": "", "seen": seen})
    assert "差し戻す理由を書いてください。" in sent_back.text
    assert (
        await client.post(f"{approval}/answer", data={"step": "confirm", "answer": "", "seen": seen})
    ).status_code == 303
    shown = await client.get(page)
    assert page in targets(parsed(shown))
    assert f"{second.pen_name}さんが、この内容での公表を認めました。" in shown.text


async def test_the_bench_of_a_consultation_asks_too(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure = await stories.answered(db)
    await switch(db)
    await login(client, procedure.clerk.id or 0)
    bench = f"/consultations/{procedure.id}/answers"
    with on_day(42):
        assert bench not in targets(parsed(await client.get(bench)))
        assert (await client.post(f"/consultations/{procedure.id}/approval")).status_code == 303
        assert "決裁を待っています" in (await client.get(bench)).text


async def test_only_administrators_switch_and_staff_read_why(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    administrator = await switch(db)
    await login(client, (await a_staff_member(db)).id or 0)
    assert "要綱の改正" in (await client.get("/approvals")).text
    assert (await client.post("/approvals", data={"asks": "no", "why": "x"})).status_code == 403
    await login(client, administrator.id or 0)
    assert (await client.post("/approvals", data={"asks": "yes", "why": "x"})).status_code == 409
    assert (await client.post("/approvals", data={"asks": "no", "why": "x"})).status_code == 303


async def test_words_typed_when_a_colleague_was_faster_come_back(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    first, second, draft = await ready(db)
    third, approval = await a_staff_member(db, second.section_id), f"/digests/{draft.id}/approval"
    await digests.ask_approval(db, first, draft.id, Note())
    await login(client, third.id or 0)
    again = await client.post(approval, data={"note": "要約をゆっくり見てください。"})
    assert (again.status_code, "要約をゆっくり見てください。" in again.text) == (403, True)
    seen = values(parsed(await client.get(f"/digests/{draft.id}/publish")))["seen"]
    await confirm(db, second, draft.id)
    late = {"step": "decline", "answer": "三つめの論点が違います。", "seen": seen}
    answer = await client.post(f"{approval}/answer", data=late)
    assert (answer.status_code, "三つめの論点が違います。" in answer.text) == (409, True)


async def test_words_typed_while_a_colleague_published_come_back(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """The page with the form leads to the digest by now."""
    first, second, draft = await ready(db)
    await digests.ask_approval(db, first, draft.id, Note())
    await confirm(db, second, draft.id)
    await digests.publish_digest(db, first, draft.id)
    await login(client, second.id or 0)
    typed, seen = "要約をゆっくり見てください。", "0" * 64
    for address, form in (
        ("approval", {"note": typed}),
        ("approval/answer", {"step": "decline", "answer": typed, "seen": seen}),
    ):
        came = {"referer": f"http://test/digests/{draft.id}/publish"}
        page = await client.post(f"/digests/{draft.id}/{address}", data=form, headers=came)
        assert f"/digests/{draft.id}/publish" in links(parsed(page))
        assert (page.status_code, typed in page.text) in ((403, True), (409, True))
        assert "別の名前でログイン" not in page.text
        assert "このページは開けません" not in page.text  # it is no page that was asked for
    nothing = await client.post(f"/digests/{draft.id}/approval", data={"note": ""})
    assert nothing.headers["location"] == f"/digests/{draft.id}"


async def test_what_is_wrong_with_an_answer_is_said_at_the_top(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    first, second, draft = await ready(db)
    await digests.ask_approval(db, first, draft.id, Note())
    await login(client, second.id or 0)
    seen = values(parsed(await client.get(f"/digests/{draft.id}/publish")))["seen"]
    sent = await client.post(
        f"/digests/{draft.id}/approval/answer", data={"step": "decline", "answer": "", "seen": seen}
    )
    assert any("error-summary" in one.get("class", "") for one in parsed(sent).iter("div"))
