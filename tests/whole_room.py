"""A room in which everything has happened: every table that this program writes has rows, made by the real actions.

`python -m tests.whole_room FILE` writes them down as tests/forum/test_upgrading.py reads them. Ids of different tables do
not overlap, so that a number says which row is meant.
"""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forum import clock, postgres
from forum.access import Role
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.commands.context import prepare
from forum.db import Database, connected
from forum.offices import actions as offices
from forum.offices.rules import Appointment, BoardOffice, Dismissal, Office
from forum.posts import actions as posts
from forum.posts.queries.posts import view
from forum.posts.rules import Edit
from forum.topics.actions import discussing, phasing, steering
from forum.topics.actions.polling import vote
from forum.topics.phasing import MovingOn
from forum.topics.polling import Ballot
from forum.wordings.actions import reword
from forum.wordings.rules import About, NewWording, Source
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing, Outcome
from moderation.approvals.rules import Note
from moderation.charters import actions as charters
from moderation.city_answers import actions as city_answers
from moderation.city_answers.rules import Act as Towards
from moderation.consultations.actions import looking
from moderation.digests.actions import ask_approval, objecting, publish_digest, retake, suggesting
from moderation.digests.queries import objections, suggestions
from moderation.digests.rules.objecting import Answering, Objecting
from moderation.digests.rules.suggesting import Kind as Asked
from moderation.digests.rules.suggesting import Wanted
from moderation.duties import actions as duties
from moderation.duties.rules import Entry
from moderation.figures.actions import recount
from moderation.inquiries import actions as inquiries
from moderation.provider import Endpoint
from moderation.reminders import actions as reminders
from moderation.reviews import actions as reviews
from moderation.reviews.actions import claiming
from moderation.reviews.acts import Act
from moderation.reviews.pairs import Step
from moderation.rights import actions as rights
from moderation.rights.rules import Filing as RightsFiling
from moderation.rights.rules import Judgement, Kind, Reply
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_section,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.forum.community.entries import a_group, an_occasion
from tests.forum.themes.test_themes import a_theme
from tests.forum.topics import test_polls
from tests.forum.topics.test_phases import phased
from tests.forum.topics.test_tags import a_tag, tagged
from tests.forum.topics.test_transfers import transfer
from tests.moderation.approvals.test_approving import confirm, ready
from tests.moderation.charters.test_announcing import the_charter
from tests.moderation.city_answers.test_city_answers import promised, take
from tests.moderation.consultations import stories
from tests.moderation.digests.desk import a_discussion, a_draft, act, confirm_all, groups_of, said_in
from tests.moderation.digests.test_objecting import heard
from tests.moderation.inquiries.test_inquiries import asked
from tests.moderation.maps import residents
from tests.moderation.model_server import model_server, said
from tests.moderation.proxies.entries import an_entry, corrected
from tests.moderation.reviews.test_actions import decide, report
from tests.moderation.reviews.test_keeping import keep
from tests.moderation.reviews.test_masking import mask
from tests.moderation.reviews.test_pairs import a_desk, answer, hide
from tests.moderation.reviews.test_sanctions import sanctioned

# What the queue of jobs and the migrations keep for themselves.
NOT_OURS = "table_name not like 'pgqueuer%' and table_name <> 'alembic_version'"
APART = 100_000
WEEK = timedelta(days=7)


async def whole_room(db: Database) -> None:
    await set_ids_apart(db)
    await stories.published(db, by=await an_account(db))
    await look_at_a_submitter(db)
    await stories.open_now(db)
    await talk(db)
    await judge(db)
    await sanction(db)
    await judge_in_pairs(db)
    await contest(db)
    await claim_rights(db)
    await digest(db)
    await ask_sections(db)
    await approve(db)
    await hear_authors(db)
    await suggest(db)
    await reword_the_charter(db)
    await recount(db, clock.now().date())
    await enter_for_others(db)
    await an_occasion(db, await a_staff_member(db))
    await a_group(db, await a_staff_member(db))
    await publish_head(db)


async def look_at_a_submitter(db: Database) -> None:
    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure)
    with stories.on_day(11):
        await looking.look(
            db, stories.SEAL, procedure.clerk, procedure.id, taken.receipt, "住所を確かめるため"
        )


async def publish_head(db: Database) -> None:
    await remind_of_what_is_late(db)
    await reviews.publish_head(db, clock.now().date())


async def set_ids_apart(db: Database) -> None:
    rows = await db.rows(
        f"""
        select pg_get_serial_sequence(table_name, column_name) as name from information_schema.columns
        where table_schema = 'public' and is_identity = 'YES' and {NOT_OURS} order by table_name
        """
    )
    for place, row in enumerate(rows, 1):
        await db.value(
            "select setval(cast(:name as regclass), :start)", name=row["name"], start=place * APART
        )


async def talk(db: Database) -> None:
    """Posts that are edited, quoted, withdrawn and held; a pinned topic with a tag; somebody who is logged in."""
    author, board = await an_account(db), await a_board(db)
    topic = await a_topic(db, author, board=board)
    answer = await a_post(
        db, await a_staff_member(db), topic=topic, body="担当課です。", reply_to_id=topic.id
    )
    post = await a_post(db, author, topic=topic, reply_to_id=answer.id)
    await discussing.edit(db, author, post.id, Edit(body="あとの文。", version=post.version))
    await discussing.withdraw(db, author, (await a_post(db, author, topic=topic)).id)
    await a_post(db, await a_newcomer(db), topic=topic, body="はじめて書きます。")
    await steering.pin(db, await a_facilitator(db, board), topic.topic_id)
    await tagged(db, author, topic, await a_tag(db))
    await close_a_poll(db)
    await give_time(db)
    await a_theme(db)
    await test_polls.choose(db, await test_polls.a_poll(db), 1)
    account = await account_queries.account(db, author.id or 0)
    assert account is not None
    await accounts.open_session(db, account)
    await appoint(db)


async def appoint(db: Database) -> None:
    """On a board, in the whole room, and on the command line."""
    administrator, person, board = (
        await an_account(db, Role.ADMINISTRATOR),
        await an_account(db),
        await a_board(db),
    )
    on_board = BoardOffice(who=person.pen_name, office=Office.MODERATOR)
    await offices.appoint_on_board(db, administrator, board.slug, on_board)
    dismissed = Dismissal(account_id=(await a_facilitator(db, board)).id or 0, office=Office.FACILITATOR)
    await offices.dismiss_from_board(db, administrator, board.slug, dismissed)
    staff = Appointment(who=person.pen_name, role=Role.STAFF, section_id=await a_section(db))
    await offices.appoint(db, administrator, staff)
    await offices.give_role(db, Appointment(who=person.pen_name, role=Role.RESIDENT))


async def close_a_poll(db: Database) -> None:
    """A poll that somebody answered before it was over."""
    over = await test_polls.a_poll(db, test_polls.Kind.RANKED)
    await vote(db, await an_account(db), over, Ballot(ranks=[2, 1, 0]))
    await test_polls.closed(db, over)


async def give_time(db: Database) -> None:
    """A discussion in its second phase, for which its keeper did not wait."""
    keeper = await a_staff_member(db)
    topic = await phased(db, keeper)
    await phasing.move_on(db, keeper, topic.topic_id, MovingOn(version=1))
    await phasing.turn(db, topic.topic_id)


async def say_it_in_easy_words(db: Database) -> None:
    """What two boards are about, one of them twice."""
    staff = await a_staff_member(db)
    for versions in (2, 1):
        board = await a_board(db)
        source = Source(About.BOARD, board.id, board.name, board.name_en, board.about)
        for number in range(versions):
            await reword(db, staff, source, NewWording(number=number, body="みどりの ことを はなします。"))


async def judge(db: Database) -> None:
    """Every act of moderators, in its usual place; reports that are settled and some that wait."""
    moderator, keeper, topic = await a_moderator(db), await a_moderator(db), await a_topic(db)
    post = await a_post(db, topic=topic)
    await report(db, post)
    await decide(db, moderator, post, Act.HIDE)
    await decide(db, keeper, post, Act.RESTORE)
    await decide(db, moderator, await a_post(db, await a_newcomer(db), topic=topic), Act.APPROVE)
    await decide(db, moderator, await a_post(db, await a_newcomer(db), topic=topic), Act.RETURN)
    reported, waiting = await a_post(db, topic=topic), await a_post(db, topic=topic)
    for one in (reported, waiting):
        await report(db, one)
    await decide(db, moderator, reported, Act.DISMISS)
    await report(db, waiting, rule=None)
    await claiming.claim(db, keeper, waiting.id)
    masked = await a_post(db, topic=topic, body="電話は042-387-9999、住所は本町1-2です。")
    await mask(db, moderator, masked, "本町1-2")
    await mask(db, moderator, masked, act=Act.UNMASK)
    await mask(db, moderator, masked, "042-387-9999")
    await posts.look_under_masks(db, keeper, await the_post(db, masked.id), "裁判所の照会")
    for kept in (Act.LOCK, Act.UNLOCK, Act.SLOW, Act.UNSLOW, Act.SLOW, Act.PIN, Act.UNPIN):
        await keep(db, moderator, topic, kept)
    poll_id = await test_polls.opened(db, topic, moderator)
    for _ in range(2):
        await keep(db, keeper, topic, Act.HIDE_POLL, poll_id=poll_id, rule=2)
        await keep(db, keeper, topic, Act.SHOW_POLL, shown_id=poll_id)
    await keep(db, keeper, topic, Act.HIDE_POLL, poll_id=poll_id, rule=2)
    for polls in (Act.HIDE_POLLS, Act.SHOW_POLLS, Act.HIDE_POLLS):
        await keep(db, keeper, topic, polls, rule=2)
    await keep(db, moderator, topic, Act.MOVE, board_id=(await a_board(db)).id)
    await transfer(db, moderator, masked.topic_id, "into", [masked], to=str((await a_topic(db)).topic_id))
    await transfer(db, moderator, (await a_topic(db)).topic_id, "whole", [], to=str(topic.topic_id))


async def sanction(db: Database) -> None:
    """Every sanction, of which some are taken back: all of them at once, and one by an appeal."""
    moderator, other = await a_moderator(db), await a_moderator(db)
    for acts in ((Act.WARN, Act.SILENCE, Act.SUSPEND), (Act.SILENCE, Act.SUSPEND, Act.REINSTATE)):
        post = await a_post(db)
        for one in acts:
            await sanctioned(db, one, moderator, post)
    post, decision = await sanctioned(db, Act.SILENCE, moderator)
    number = await appeals.file(db, await actor(db, post.author_id), decision, Filing(body="冗談です。"))
    await appeals.answer(db, other, number, Answer(outcome=Outcome.OVERTURNED, reason="冗談でした。"))


async def judge_in_pairs(db: Database) -> None:
    """A board that asks for two people: what they confirmed, what went at once, and what still waits."""
    desk = await a_desk(db)
    for rule in (4, 1):
        post = await a_post(db, topic=desk.topic)
        await hide(db, desk.first, post, rule)
        await answer(db, desk.second, post, Step.CONFIRM)
    await hide(db, desk.first, await a_post(db, topic=desk.topic))


async def contest(db: Database) -> None:
    """An appeal that was upheld, and one that waits."""
    moderator, other = await a_moderator(db), await a_moderator(db)
    for judged in (True, False):
        post = await a_post(db)
        decision = await decide(db, moderator, post, Act.HIDE)
        filing = Filing(body="お祭りのお知らせです。")
        number = await appeals.file(db, await actor(db, post.author_id), decision, filing)
        if judged:
            await appeals.answer(db, other, number, Answer(outcome=Outcome.UPHELD, reason="見直しました。"))


async def claim_rights(db: Database) -> None:
    """A request whose author objected and that was refused in the end, and one that was granted at once."""
    moderator = await a_moderator(db)
    for outcome in (Kind.REFUSED, Kind.GRANTED):
        post = await view(db, (await a_post(db, body="本町の家のことです。")).id)
        assert post is not None
        filing = RightsFiling(
            post=str(post.id), infringed="privacy", words="本町の家", reason="家を知られたくありません。",
            name="小金井花子", email="hanako@example.jp",
        )  # fmt: skip
        number = await rights.file(db, stories.SEAL, post, filing)
        if outcome is Kind.REFUSED:
            await rights.ask(db, moderator, number, stories.TOKYO)
            author = await actor(db, post.author_id)
            await rights.reply(db, author, number, Reply(answer=Kind.OBJECTED, body="町の名前だけです。"))
            await rights.open_envelope(db, stories.SEAL, moderator, number, "連絡するため")
        judgement = Judgement(outcome=outcome, rule=1, reason="公表された話です。")
        await rights.decide(db, moderator, number, judgement)


async def remind_of_what_is_late(db: Database) -> None:
    """Somebody on duty, with a calendar, who hears of all that waits."""
    keeper, today = await a_moderator(db), clock.now().date()
    await duties.enter(db, keeper, Entry(account_id=keeper.id or 0, start=today, end=today), today)
    await duties.renew_calendar(db, keeper)
    with clock.at(clock.now() + WEEK):
        await reminders.remind(db, stories.TOKYO)


async def digest(db: Database) -> None:
    """A digest that was published; one opinion of it was set aside."""
    clerk = await a_staff_member(db)
    draft = await a_draft(db, await a_discussion(db), clerk)
    opinion = await said_in(db, draft.id, "満車")
    await act(db, clerk, draft.id, "set_aside", opinions=[opinion.id], reason="駅前の計画で扱うため")
    await confirm_all(db, clerk, draft.id)
    await publish_digest(db, clerk, draft.id)
    await residents.ask(db, clerk, draft.id)
    await residents.two_camps(db, draft.id)
    await residents.draw(db, draft.id)


async def ask_sections(db: Database) -> None:
    """A question that was answered, one that was taken back, and one that is late and was reminded of."""
    for done in ("answer", "withdraw", "wait"):
        story = await asked(db)
        if done == "answer":
            await inquiries.answer(db, story.expert, story.id, inquiries.Answer(answer="来年度に調べます。"))
        elif done == "withdraw":
            await inquiries.withdraw(db, story.clerk, story.id, inquiries.Withdrawal(reason="分かりました。"))
    with clock.at(clock.now() + 2 * WEEK):
        await inquiries.remind(db)


async def answer_for_city(db: Database) -> None:
    """A discussion that was considered, answered and reflected; and one that is late and was reminded of."""
    story = await promised(db)
    await a_topic(db, board=story.board)
    await take(db, story, Towards.CONSIDERING, "調べます。")
    await take(db, story, Towards.ANSWERED, "直します。")
    await take(db, story, Towards.REFLECTED, "直しました。")
    with clock.at(clock.now() + 6 * WEEK):
        await city_answers.remind(db)


async def enter_for_others(db: Database) -> None:
    """An opinion from paper that was corrected."""
    clerk = await a_staff_member(db)
    post, _receipt = await an_entry(db, clerk, await a_topic(db))
    await corrected(db, clerk, post)


async def approve(db: Database) -> None:
    """A digest that a second person sent back first, and approved then; and one that waits."""
    first, second, draft = await ready(db)
    for step in ("decline", "confirm"):
        await ask_approval(db, first, draft.id, Note(note="お願いします。"))
        await confirm(db, second, draft.id, step, "見ました。")
    await publish_digest(db, first, draft.id)
    waits = await a_draft(db, await a_discussion(db), first)
    await confirm_all(db, first, waits.id)
    await ask_approval(db, first, waits.id, Note())


async def hear_authors(db: Database) -> None:
    """A draft whose authors were asked, one of them later: one objection was answered, and one waits."""
    story = await heard(db)
    for author, words in zip(story.authors, ("別の話です。", "電話は042-387-9999です。"), strict=False):
        await objecting.file_objection(db, author, story.digest_id, Objecting(words=words))
    first, *_ = await objections.of(db, story.digest_id)
    answering = Answering(answer="移しました。", withheld=True)
    await objecting.answer_objection(db, story.clerk, story.digest_id, first.id, answering)
    await a_post(db, topic=story.topic, body="歩道を直してください。")
    await retake(db, story.clerk, story.digest_id)


async def suggest(db: Database) -> int:
    """A draft about which a model was asked: it gave an answer, then none that could be read, and one is still to come."""
    clerk = await a_staff_member(db)
    digest_id = (await a_draft(db, await a_discussion(db), clerk)).id
    async with model_server() as models:
        endpoint = Endpoint(models.url, text="small", pauses=())
        models.answers = [*models.answers, said("題は駅前です。")]
        for group in (await groups_of(db, digest_id))[:3]:
            await suggesting.ask(db, clerk, endpoint, digest_id, Wanted(kind=Asked.WORDS, groups=[group.id]))
        numbers = [one.id for one in await suggestions.of(db, digest_id)]
        await suggesting.answer(db, endpoint, numbers[:2])
    return digest_id


async def reword_the_charter(db: Database) -> None:
    await charters.announce(
        db, await the_charter(db, body="物やサービスを売る書き込み。"), clock.now() + 2 * WEEK
    )


async def written_down(db: Database) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that has some, without what the database itself makes of them."""
    tables = await db.rows(
        f"""
        select table_name as name, string_agg(column_name, ', ' order by ordinal_position) as columns
        from information_schema.columns
        where table_schema = 'public' and is_generated = 'NEVER' and {NOT_OURS} group by 1 order by 1
        """
    )
    found = {}
    for table in tables:
        rows = f"(select {table['columns']} from {table['name']} order by 1, 2) as row"
        found[table["name"]] = await db.value(f"select coalesce(jsonb_agg(to_jsonb(row)), '[]') from {rows}")
    return {name: rows for name, rows in found.items() if rows}


def as_text(tables: dict[str, list[dict[str, Any]]]) -> str:
    """One row a line."""
    parts = []
    for name, rows in tables.items():
        lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f' "{name}": [\n  {lines}\n ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


async def main(path: Path) -> None:
    with TemporaryDirectory(prefix="kaigishitsu-") as folder, postgres.embedded(Path(folder) / "data") as url:
        await prepare(url)
        async with connected(url) as db:
            await whole_room(db)
            path.write_text(as_text(await written_down(db)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
