"""A section is asked, reminded, answers; and whoever wrote the question reads it where the city's answer is written."""

from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.accounts import actions as account_actions
from forum.accounts import queries as accounts
from forum.db import Database
from forum.errors import Forbidden, Invalid
from forum.topics.actions import discussing
from moderation.consultations.actions import changing
from moderation.digests import actions as digests
from moderation.digests.rules import Sorting
from moderation.inquiries import actions, proofs, queries, web
from moderation.inquiries.rules import Answer, Question, Withdrawal
from tests.conftest import Login
from tests.factories import a_section, a_staff_member, actor, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import TOKYO
from tests.moderation.digests.desk import a_discussion, a_draft, confirm_all, groups_of, hide, said_in
from tests.moderation.digests.test_covering import SECRET, a_named_draft
from tests.moderation.reviews.test_actions import told
from tests.pages import leaves, links, parsed

DAY = timedelta(days=1)
QUESTION = "増やせる場所はありますか。"


@dataclass(frozen=True)
class Story:
    """A question about the point of the bicycle park: who asked it, and who is asked."""

    id: int
    digest_id: int
    group_id: int
    clerk: Actor
    expert: Actor


async def asked(db: Database, days: int = 7) -> Story:
    clerk, expert = await a_staff_member(db), await a_staff_member(db)
    draft = await a_draft(db, await a_discussion(db), clerk)
    group = (await said_in(db, draft.id, "満車")).group_id
    assert group is not None
    number = await ask(db, clerk, draft.id, group, expert.section_id, days)
    return Story(number, draft.id, group, clerk, expert)


async def ask(
    db: Database, by: Actor, digest_id: int, group_id: int, section_id: int | None, days: int = 7
) -> int:
    assert section_id is not None
    today = clock.now().astimezone(TOKYO).date()
    question = Question(section=section_id, question=QUESTION, due=today + days * DAY)
    return await actions.ask(db, by, digest_id, group_id, question, TOKYO)


async def kinds(db: Database, person: Actor) -> list[str]:
    """The oldest first."""
    return [notice.kind for notice in reversed(await told(db, person)) if notice.kind.startswith("inquiry")]


async def mismatches(db: Database) -> list[str]:
    return [line async for line in proofs.mismatches(db)]


async def test_a_section_is_asked_about_the_words_and_answers_once(db: Database) -> None:
    story = await asked(db)
    colleague = await a_staff_member(db, story.expert.section_id)
    assert await kinds(db, story.expert) == ["inquiry_asked"]
    await actions.answer(db, colleague, story.id, Answer(answer="北口の市有地です。"))
    assert await kinds(db, story.clerk) == ["inquiry_answered"]
    inquiry = await queries.inquiry(db, story.id)
    assert inquiry is not None
    assert (inquiry.outcome, inquiry.answer, inquiry.ender) == (
        "answered",
        "北口の市有地です。",
        colleague.pen_name,
    )
    with pytest.raises(Forbidden):
        await actions.answer(db, story.expert, story.id, Answer(answer="別の答え"))
    assert await mismatches(db) == []


async def test_however_often_the_button_is_pressed_a_section_is_asked_once(db: Database) -> None:
    story = await asked(db)
    again = (story.digest_id, story.group_id, story.expert.section_id)
    assert await ask(db, story.clerk, *again) == story.id
    assert await kinds(db, story.expert) == ["inquiry_asked"]
    assert await ask(db, story.clerk, *again, days=8) != story.id
    assert await ask(db, await a_staff_member(db), *again) != story.id
    await actions.answer(db, story.expert, story.id, Answer(answer="北口の市有地です。"))
    assert await ask(db, story.clerk, *again) != story.id, "the answer left something open"


async def test_an_answer_reaches_the_section_of_somebody_who_left_it(db: Database) -> None:
    story, boss = await asked(db), await an_account(db, Role.ADMINISTRATOR)
    colleague = await a_staff_member(db, story.clerk.section_id)
    await account_actions.change_role(db, story.clerk.id or 0, Role.RESIDENT)
    await actions.answer(db, story.expert, story.id, Answer(answer="北口の市有地です。"))
    heard = [await kinds(db, one) for one in (story.clerk, colleague, boss)]
    assert heard == [[], ["inquiry_answered"], []]


async def test_a_question_follows_its_opinions_into_another_group(db: Database) -> None:
    story = await asked(db)
    opinion = await said_in(db, story.digest_id, "満車")
    version = await db.value("select version from digests where id = :id", id=story.digest_id)
    sorting = Sorting(act="split", opinions=[opinion.id], title="立体駐輪場", version=version)
    await digests.sort(db, story.clerk, story.digest_id, sorting)
    moved = (await said_in(db, story.digest_id, "満車")).group_id
    assert moved not in (None, story.group_id)
    assert [one.id for one in await queries.of_group(db, moved or 0)] == [story.id]


async def test_whoever_asked_takes_it_back_and_the_section_hears_why(db: Database) -> None:
    story = await asked(db)
    with pytest.raises(Forbidden):
        await actions.withdraw(db, story.expert, story.id, Withdrawal(reason="困ります"))
    await actions.withdraw(db, story.clerk, story.id, Withdrawal(reason="分かりました。"))
    assert await kinds(db, story.expert) == ["inquiry_asked", "inquiry_withdrawn"]
    assert await queries.waiting(db) == []
    assert await mismatches(db) == []


async def test_reminders_reach_ever_more_people_and_each_once(db: Database) -> None:
    boss = await an_account(db, Role.ADMINISTRATOR)
    story = await asked(db, days=7)
    inquiry = await queries.inquiry(db, story.id)
    assert inquiry is not None
    heard = []
    for moment in (-4 * DAY, -3 * DAY, -DAY, 0 * DAY, DAY, 3 * DAY, 3 * DAY):
        with clock.at(inquiry.due_at + moment):
            await actions.remind(db)
        heard.append(
            [(await kinds(db, one)).count("inquiry_due") for one in (story.expert, story.clerk, boss)]
        )
    assert heard == [[0, 0, 0], [1, 0, 0], [1, 0, 0], [2, 0, 0], [3, 1, 0], [4, 2, 1], [4, 2, 1]]


async def test_where_a_section_has_nobody_the_administrators_hear_of_it(db: Database) -> None:
    boss, clerk = await an_account(db, Role.ADMINISTRATOR), await a_staff_member(db)
    draft = await a_draft(db, await a_discussion(db), clerk)
    number = await ask(db, clerk, draft.id, (await groups_of(db, draft.id))[0].id, await a_section(db))
    assert await kinds(db, boss) == ["inquiry_asked"]
    await actions.answer(db, await actor(db, boss.id or 0), number, Answer(answer="代わりに答えます。"))


async def test_nobody_is_reminded_of_what_no_longer_matters(db: Database) -> None:
    story = await asked(db)
    await confirm_all(db, story.clerk, story.digest_id)
    await digests.publish_digest(db, story.clerk, story.digest_id)
    with clock.at(clock.now() + 30 * DAY):
        assert await actions.remind(db) == 0
    with pytest.raises(Forbidden):
        await ask(db, story.clerk, story.digest_id, story.group_id, story.expert.section_id)


async def test_a_consultation_is_asked_about_by_its_own_section_alone(db: Database) -> None:
    procedure = await stories.considered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    digest_id, other = (await stories.the_gathered(db, procedure)).digest.id, await a_staff_member(db)
    with pytest.raises(Forbidden):
        await ask(db, other, digest_id, group.row.id, procedure.clerk.section_id)
    with pytest.raises(Invalid):
        await ask(db, procedure.clerk, digest_id, group.row.id, procedure.clerk.section_id)
    await ask(db, procedure.clerk, digest_id, group.row.id, other.section_id)


async def test_an_altered_answer_is_found(db: Database) -> None:
    story = await asked(db)
    await actions.answer(db, story.expert, story.id, Answer(answer="できます。"))
    await db.run("set local session_replication_role = replica")
    await db.run("update inquiries set answer = 'できません。'")
    assert await mismatches(db) == [f"inquiry {story.id}: ended otherwise than its hash says"]


async def test_the_whole_way_on_paper(db: Database, client: httpx.AsyncClient, login: Login) -> None:
    """Asked from the answer page of a consultation, answered from the list, read beside the form of the answer."""
    procedure, expert = await stories.considered(db), await a_staff_member(db)
    gathered = await stories.the_gathered(db, procedure)
    answers = f"/consultations/{procedure.id}/answers/{gathered.groups[0].row.id}"
    await login(client, procedure.clerk.id or 0)
    new = f"/digests/{gathered.digest.id}/groups/{gathered.groups[0].row.id}/inquiries"
    assert new in links(parsed(await client.get(answers)))
    page = await client.get(new)
    assert "街路樹を守ってください。" in page.text
    assert stories.NAME not in page.text
    today = clock.now().astimezone(TOKYO).date()
    form = {"section": str(expert.section_id), "question": QUESTION, "due": str(today - DAY)}
    refused = await client.post(new, data=form)
    assert refused.status_code == 422
    assert QUESTION in refused.text
    sent = await client.post(new, data=form | {"due": str(today + DAY)})
    assert sent.status_code == 303
    place = sent.headers["location"]
    await login(client, expert.id or 0)
    assert place in links(parsed(await client.get("/inquiries")))
    assert "街路樹は日陰になるので" in (page := await client.get(place)).text
    assert parsed(page) is not None
    assert (await client.post(place, data={"answer": "街路樹は残せます。"})).status_code == 303
    await login(client, procedure.clerk.id or 0)
    assert "街路樹は残せます。" in (await client.get(answers)).text
    assert "回答済み" in (await client.get("/inquiries")).text


async def test_what_is_late_stands_first_and_strangers_find_nothing(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story = await asked(db)
    place = f"/inquiries/{story.id}"
    for somebody in (await an_account(db), await a_staff_member(db)):
        await login(client, somebody.id or 0)
        assert (await client.get(place)).status_code == 404
        assert place not in (await client.get("/inquiries")).text
    with clock.at(clock.now() + 9 * DAY):
        await login(client, story.expert.id or 0)
        assert "期限を過ぎたもの（1件）" in (await client.get("/inquiries")).text


async def test_what_has_ended_is_found_page_by_page(
    db: Database, client: httpx.AsyncClient, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "ENDED_SHOWN", 1)
    story = await asked(db)
    more = [
        await ask(db, story.clerk, story.digest_id, story.group_id, await a_section(db)) for _ in range(2)
    ]
    for number in (story.id, *more):
        await actions.withdraw(db, story.clerk, number, Withdrawal(reason="わかりました。"))
    await login(client, story.clerk.id or 0)
    pages = [leaf async for leaf in leaves(client, "/inquiries")]
    found = [link for leaf in pages for link in links(leaf)]
    assert [found.count(f"/inquiries/{number}") for number in (story.id, *more)] == [1, 1, 1]


async def test_withdrawn_words_are_shown_to_no_section(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story = await asked(db)
    opinion = await said_in(db, story.digest_id, "満車")
    author = await accounts.actor(db, opinion.account_id or 0)
    assert author is not None
    await discussing.withdraw(db, author, opinion.post_id or 0)
    await login(client, story.expert.id or 0)
    page = (await client.get(f"/inquiries/{story.id}")).text
    assert "満車" not in page
    assert "書いた人が取り下げたため" in page


async def test_a_title_does_not_go_on_saying_what_was_hidden_after_the_question(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk, post, draft, point = await a_named_draft(db)
    expert = await a_staff_member(db)
    number, other = [await ask(db, clerk, draft.id, point, expert.section_id, days) for days in (6, 7)]
    before = await queries.inquiry(db, number)
    assert before is not None
    assert before.title == SECRET
    await db.run("delete from notifications")
    await hide(db, post)
    await login(client, expert.id or 0)
    for page in ("/inquiries", f"/inquiries/{number}"):
        text = (await client.get(page)).text
        assert "裏金" not in text, page
        assert "■■■" in text, page
    with clock.at(clock.now() + 8 * DAY):
        await actions.remind(db)
    await actions.answer(db, expert, number, Answer(answer="調べました。"))
    await actions.withdraw(db, clerk, other, Withdrawal(reason="分かりました。"))
    notices = await told(db, expert) + await told(db, clerk)
    assert {notice.kind for notice in notices} >= {"inquiry_due", "inquiry_answered", "inquiry_withdrawn"}
    assert not [notice for notice in notices if "裏金" in str(notice.params)]
    assert await mismatches(db) == [], "what was asked is on record as it was"


async def test_who_publishes_a_digest_is_warned_of_questions_without_an_answer(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    story = await asked(db)
    await confirm_all(db, story.clerk, story.digest_id)
    await login(client, story.clerk.id or 0)
    page = (await client.get(f"/digests/{story.digest_id}/publish")).text
    assert "答えを待っている照会が1件あります。" in page
    assert f"/inquiries/{story.id}" in page
    assert "公開する" in page, "a warning, and no more"
    last = clock.now().astimezone(TOKYO) + 7 * DAY
    assert f"{last.month}月{last.day}日まで" in page, "the day that was named to the section"


async def test_of_a_consultation_that_was_given_up_no_answer_is_waited_for_nor_published(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    procedure, expert = await stories.answered(db), await a_staff_member(db)
    gathered = await stories.the_gathered(db, procedure)
    (group,) = gathered.groups
    with stories.on_day(42):
        number = await ask(db, procedure.clerk, gathered.digest.id, group.row.id, expert.section_id)
        await changing.withdraw(db, procedure.clerk, procedure.id, "計画をやめたため")
    await login(client, procedure.clerk.id or 0)
    bench = f"/consultations/{procedure.id}/answers/{group.row.id}"
    with stories.on_day(60):
        for page in ("/inquiries", f"/inquiries/{number}", bench):
            text = (await client.get(page)).text
            assert "答えのないまま終わりました" in text, page
            assert "答えを待っています" not in text, page
            assert "答えのないまま公表" not in text, page
