"""The life of a procedure on the database: from draft plan to published answers."""

import json as stdlib_json

import pytest

from forum.access import Actor, Role
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.consultations import proofs, rules, verifying
from moderation.consultations.actions import answering, changing, importing, receiving, running
from moderation.consultations.queries import answers, notices
from moderation.consultations.rules import State
from moderation.digests import actions as digests
from moderation.digests import rules as digest_rules
from moderation.digests.queries import digests as digest_queries
from moderation.digests.rules import Heading, Plan
from moderation.submissions import proofs as submission_proofs
from moderation.submissions import queries as submissions
from moderation.submissions.cells import Row
from moderation.submissions.reading import Unreadable
from tests.factories import a_staff_member, a_topic, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import SEAL, TOKYO, Procedure, on_day
from tests.moderation.digests.desk import act
from tests.waiting import waiting


async def state_on(db: Database, procedure: Procedure, day: float) -> State:
    consultation = await notices.consultation(db, procedure.id)
    assert consultation is not None
    return consultation.state_at(stories.days_later(day))


async def found(db: Database) -> list[str]:
    return [line for proofs in (submission_proofs, verifying) async for line in proofs.mismatches(db)]


async def test_a_procedure_opens_and_closes_by_the_clock_alone(db: Database) -> None:
    procedure = await stories.announced(db)
    assert await state_on(db, procedure, 0.5) == State.PLANNED
    assert await state_on(db, procedure, 1.1) == State.OPEN
    assert await state_on(db, procedure, 34) == State.CLOSED


async def test_a_draft_is_known_to_its_section_only(db: Database) -> None:
    procedure = await stories.prepared(db)
    other = await a_staff_member(db)
    with on_day(0), pytest.raises(NotFound):
        await running.announce(db, other, procedure.id, TOKYO)
    assert await notices.known_to_all(db) == []


async def test_a_short_period_needs_a_reason(db: Database) -> None:
    with pytest.raises(Invalid) as refused:
        await stories.prepared(db, closes_at="2026-04-12T09:00")
    assert list(refused.value.fields) == ["short_period_reason"]
    await stories.prepared(db, closes_at="2026-04-12T09:00", short_period_reason="災害に備えるため")


async def test_two_clerks_cannot_overwrite_each_other(db: Database) -> None:
    procedure = await stories.prepared(db)
    notice = stories.a_notice(procedure.clerk, plan="# 第1章\n\n新しい文")
    with on_day(0):
        await running.edit(db, procedure.clerk, procedure.id, notice, 1, TOKYO)
        with pytest.raises(Conflict) as refused:
            await running.edit(db, procedure.clerk, procedure.id, stories.a_notice(procedure.clerk), 1, TOKYO)
    assert (refused.value.theirs, refused.value.yours) == ("# 第1章\n\n新しい文", stories.PLAN)


async def test_the_plan_is_fixed_once_people_can_answer_to_it(db: Database) -> None:
    procedure = await stories.announced(db)
    with on_day(5), pytest.raises(Forbidden):
        await running.edit(db, procedure.clerk, procedure.id, stories.a_notice(procedure.clerk), 2, TOKYO)


async def test_opening_at_once_starts_now(db: Database) -> None:
    procedure = await stories.prepared(db)
    with on_day(0.5):
        await running.announce(db, procedure.clerk, procedure.id, TOKYO, at_once=True)
    assert await state_on(db, procedure, 0.5) == State.OPEN


async def test_closing_early_and_ending_need_a_reason(db: Database) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        with pytest.raises(Invalid):
            await changing.close(db, procedure.clerk, procedure.id, " ")
        await changing.close(db, procedure.clerk, procedure.id, "計画を作りなおすため")
        assert await state_on(db, procedure, 5) == State.CLOSED
        await changing.withdraw(db, procedure.clerk, procedure.id, "計画を取り下げたため")
    assert await state_on(db, procedure, 5) == State.WITHDRAWN


async def test_a_submission_is_sealed_and_hashed_and_its_section_told(db: Database) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    submission = await submissions.submission(db, procedure.id, taken.receipt)
    envelope = await submissions.sealed(db, taken.id)
    assert submission is not None
    assert envelope is not None
    assert submission.sha256 == taken.sha256
    assert stories.NAME.encode() not in envelope
    assert SEAL.unseal(envelope)["name"] == stories.NAME
    told = await db.rows("select kind from notifications where account_id = :id", id=procedure.clerk.id)
    assert [row["kind"] for row in told] == ["submission_received"]


async def test_nothing_is_received_before_or_after_the_period(db: Database) -> None:
    procedure = await stories.announced(db)
    for day in (0.5, 34):
        with on_day(day), pytest.raises(Forbidden):
            await receiving.submit(db, SEAL, Actor(), procedure.id, stories.a_form())


async def test_an_author_makes_the_own_post_a_submission_that_cites_its_revision(db: Database) -> None:
    author, procedure = await an_account(db), await stories.announced(db)
    post = await a_topic(db, author)
    taken = await stories.a_submission(db, procedure, author, post_id=post.id)
    submission = await submissions.by_id(db, taken.id)
    assert submission is not None
    assert (submission.revision_id, submission.account_id) == (post.revision_id, author.id)
    with pytest.raises(NotFound):
        await stories.a_submission(db, procedure, await an_account(db), post_id=post.id)


async def test_a_section_of_another_plan_is_refused(db: Database) -> None:
    procedure, other = await stories.announced(db), await stories.announced(db)
    foreign = (await notices.plan(db, other.id))[0].id
    with pytest.raises(Invalid):
        await stories.a_submission(db, procedure, plan_section_id=foreign)


async def test_papers_may_be_entered_until_considering_begins(db: Database) -> None:
    procedure = await stories.announced(db)
    await stories.a_paper(db, procedure, "ファクスの意見", source_ref="F-1")
    with pytest.raises(Invalid):
        await stories.a_paper(db, procedure, "同じ番号", source_ref="F-1")
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
    with pytest.raises(Forbidden):
        await stories.a_paper(db, procedure, "遅れた意見")


async def test_an_import_is_whole_or_nothing(db: Database) -> None:
    procedure = await stories.announced(db)
    rows = [Row(line=2, body="意見その1", source_ref="1"), Row(line=4, body="意見その2", source_ref="2")]
    with on_day(5):
        assert await importing.import_rows(db, SEAL, procedure.clerk, procedure.id, rows) == 2
        again = [Row(line=2, body="新しい意見", source_ref="9"), *rows]
        with pytest.raises(Unreadable) as refused:
            await importing.import_rows(db, SEAL, procedure.clerk, procedure.id, again)
    assert [fault.line for fault in refused.value.faults] == [2, 4]
    assert len(await submissions.newest(db, procedure.id, 10)) == 2


async def test_a_file_without_numbers_is_not_taken_in_twice(db: Database) -> None:
    procedure = await stories.announced(db)
    same = [Row(line=line, body="街路樹を守って。", name="森 守") for line in (2, 3)]
    rows = [*same, Row(line=4, body="道を直して。")]
    with on_day(5):
        assert await importing.import_rows(db, SEAL, procedure.clerk, procedure.id, rows) == 3
        for again in (rows, same, rows[2:]):
            with pytest.raises(Unreadable, match="どれもすでに登録されています"):
                await importing.import_rows(db, SEAL, procedure.clerk, procedure.id, again)
        more = (
            [*same, same[0]],
            [row.model_copy(update={"name": "森 緑"}) for row in same],
            [row.model_copy(update={"source_ref": str(row.line)}) for row in rows],
        )
        for others in more:
            assert await importing.import_rows(db, SEAL, procedure.clerk, procedure.id, others)


async def test_every_answer_is_a_version_and_the_newest_counts(db: Database) -> None:
    procedure = await stories.answered(db)
    (group,) = (await stories.the_gathered(db, procedure)).groups
    with on_day(42):
        with pytest.raises(Conflict) as refused:
            await answering.answer(db, procedure.clerk, procedure.id, group.row.id, stories.a_reply())
        second = stories.a_reply(number=1, body="書きなおしました。")
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, second)
    assert "ご意見を踏まえて修正します。" in str(refused.value.theirs)
    assert [version.body for version in await answers.versions(db, group.row.id)] == [
        "書きなおしました。",
        "ご意見を踏まえて修正します。",
    ]


async def test_publishing_is_refused_while_anything_is_missing(db: Database) -> None:
    procedure = await stories.considered(db)
    with on_day(41):
        with pytest.raises(Forbidden):
            await answering.publish_result(db, procedure.clerk, procedure.id)
        (group,) = (await stories.the_gathered(db, procedure)).groups
        half = stories.a_reply(plan_after="")
        half = half.model_copy(update={"plan_before": ""})
        await answering.answer(db, procedure.clerk, procedure.id, group.row.id, half)
        assert (await stories.the_gathered(db, procedure)).lacking == [
            "論点1「街路樹」: 「修正」には計画の修正前と修正後が必要です。"
        ]
        with pytest.raises(Forbidden):
            await answering.publish_result(db, procedure.clerk, procedure.id)


async def test_an_answer_to_other_words_does_not_count(db: Database) -> None:
    procedure = await stories.answered(db)
    gathered = await stories.the_gathered(db, procedure)
    moved = gathered.groups[0].opinions[-1]
    with on_day(43):
        await stories.sort_aside(db, procedure, gathered.digest.id, [moved.id])
    (sentence,) = (await stories.the_gathered(db, procedure)).lacking
    assert "意見の構成が変わった" in sentence


async def test_publishing_seals_the_result_and_tells_each_author_of_the_answer_to_theirs(
    db: Database,
) -> None:
    author = await an_account(db)
    procedure = await stories.published(db, by=author)
    consultation = await notices.consultation(db, procedure.id)
    assert consultation is not None
    assert consultation.state == State.PUBLISHED
    (group,) = (await stories.the_gathered(db, procedure)).groups
    assert group.answer is not None
    told = await db.row(
        "select url, params from notifications where account_id = :id and kind = 'consultation_answered'",
        id=author.id,
    )
    assert told is not None
    assert told["url"] == f"/consultations/{procedure.id}/results#group-1"
    assert told["params"]["answer_sha256"] == group.answer.sha256
    assert await found(db) == []


async def test_an_author_hears_every_reason_for_which_words_were_set_aside(db: Database) -> None:
    author, procedure = await an_account(db), await stories.announced(db)
    for body in ("市長さん、こんにちは。", "市長さん、お元気で。", "となりの家がうるさいです。"):
        await stories.a_submission(db, procedure, author, body=body)
    await stories.answered(db, procedure=procedure)
    gathered = await stories.the_gathered(db, procedure)
    (noise,) = [row.id for row in gathered.set_aside if "うるさい" in (row.text or "")]
    with on_day(43):
        await stories.sort_aside(db, procedure, gathered.digest.id, [noise], "ほかの人についてのこと")
    with on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)
    told = await db.rows(
        "select params from notifications where account_id = :id and kind = 'consultation_set_aside' order by id",
        id=author.id,
    )
    assert {row["params"]["reason"] for row in told} == {"計画の対象外", "ほかの人についてのこと"}
    assert len(told) == 2, "and each of them once"


async def test_the_hash_of_a_result_binds_plan_digest_and_answers(db: Database) -> None:
    procedure = await stories.published(db)
    consultation = await notices.consultation(db, procedure.id)
    gathered = await stories.the_gathered(db, procedure)
    assert consultation is not None
    assert gathered.groups[0].answer is not None
    assert consultation.sha256 == proofs.consultation_sha256(
        title="みどりの計画（案）",
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
        plan=proofs.plan_sha256([("第1章 みどり", "街路樹を整理する。"), ("第2章 道", "道路を広げる。")]),
        digest_sha256=str(gathered.digest.sha256),
        answers=[gathered.groups[0].answer.sha256],
        categories={"revised": "修正"},
    )


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update answers set body = 'ちがう答え'", "answer"),
        ("update submissions set body = body || '！'", "submission"),
        ("update plan_sections set body = 'ちがう案'", "consultation"),
        ("update consultations set title = 'ちがう題'", "consultation"),
    ],
)
async def test_a_changed_word_anywhere_is_found(db: Database, statement: str, what: str) -> None:
    await stories.published(db)
    await db.run(
        "set local session_replication_role = replica"
    )  # as somebody with the keys to the server could
    await db.run(statement)
    assert next(line.split()[0] for line in await found(db)) == what


async def test_answers_and_submissions_cannot_be_changed_in_place(db: Database) -> None:
    await stories.published(db)
    for table in ("answers", "submissions"):
        with pytest.raises(Exception, match="immutable"):
            async with db.transaction():
                await db.run(f"update {table} set body = 'x'")


async def test_the_administrator_may_carry_any_procedure(db: Database) -> None:
    procedure = await stories.prepared(db)
    administrator = await an_account(db, Role.ADMINISTRATOR)
    with on_day(0):
        await running.announce(db, administrator, procedure.id, TOKYO)
    assert await state_on(db, procedure, 2) == State.OPEN


def test_the_result_shows_a_group_on_the_page_that_holds_it() -> None:
    assert answering.place(3, 20) == "/consultations/3/results#group-20"
    assert answering.place(3, 21) == "/consultations/3/results?page=2#group-21"


def test_state_names_cover_every_state() -> None:
    assert set(rules.STATE_NAMES) == set(State)
    assert stdlib_json.dumps(State.OPEN) == '"open"'


async def test_considering_waits_for_a_digest_that_is_being_compiled(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = await stories.announced(db)
    await stories.a_submission(db, procedure)
    monkeypatch.setattr(digest_rules, "TEXTS_AT_ONCE", 0)
    days = {"first_day": "2026-04-01", "last_day": "2026-05-04"}
    plan = Plan.model_validate({"title": "みどり", "consultation_id": procedure.id, **days})
    with on_day(40):
        number = await digests.start(db, procedure.clerk, plan, stories.TOKYO)
        with pytest.raises(Conflict, match="まだ作っている"):
            await answering.consider(db, procedure.clerk, procedure.id)
        await digests.compile_digest(db, number)
        assert await answering.consider(db, procedure.clerk, procedure.id) == number


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"plan": ""}, "plan"),
        ({"opens_at": "2026-04-01T08:59"}, "opens_at"),
        ({"opens_at": "2026-01-01T09:00", "closes_at": "2026-03-01T09:00"}, "opens_at"),
    ],
)
async def test_a_notice_that_is_out_keeps_its_draft_and_a_beginning_to_come(
    db: Database, changes: dict[str, object], field: str
) -> None:
    procedure, draft = await stories.announced(db), await stories.prepared(db)
    for each in (procedure, draft):
        edited = stories.a_notice(each.clerk, **changes)
        with on_day(0):
            consultation = await notices.consultation(db, each.id)
            assert consultation is not None
            if each is draft:  # nobody knows of it yet
                await running.edit(db, each.clerk, each.id, edited, consultation.version, TOKYO)
                continue
            with pytest.raises(Invalid) as refused:
                await running.edit(db, each.clerk, each.id, edited, consultation.version, TOKYO)
            assert list(refused.value.fields) == [field]


async def test_no_procedure_is_that_of_a_section_which_there_is_not(db: Database) -> None:
    boss = await an_account(db, Role.ADMINISTRATOR)
    notice = stories.a_notice(await a_staff_member(db), section_id=2**40)
    with on_day(0), pytest.raises(Invalid) as refused:
        await running.prepare(db, boss, notice, TOKYO)
    assert list(refused.value.fields) == ["section_id"]


async def test_what_a_colleague_sorts_while_the_result_is_being_published_stands_in_its_way(
    own_database: str,
) -> None:
    async with connected(own_database) as db, connected(own_database) as other:
        procedure = await stories.answered(db)
        gathered = await stories.the_gathered(db, procedure)
        apart = gathered.groups[0].opinions[-1].id
        async with db.transaction():
            await act(db, procedure.clerk, gathered.digest.id, "split", opinions=[apart], title="日陰")
            with on_day(50):
                publishing = await waiting(db, answering.publish_result(other, procedure.clerk, procedure.id))
        with pytest.raises(Forbidden, match="足りません"):
            await publishing
        assert await found(db) == []


async def test_whoever_sorts_and_whoever_publishes_do_not_wait_for_each_other(own_database: str) -> None:
    async with connected(own_database) as db, connected(own_database) as other:
        procedure = await stories.answered(db)
        digest = (await stories.the_gathered(db, procedure)).digest
        async with db.transaction():
            await digest_queries.locked(db, digest.id)
            with on_day(50):
                publishing = await waiting(db, answering.publish_result(other, procedure.clerk, procedure.id))
            heading = Heading(title="みどりへの意見", version=digest.version)
            await digests.head(db, procedure.clerk, digest.id, heading)
        await publishing
