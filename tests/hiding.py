"""A room in which much may not be read any more, or not yet, after it has gone wherever words go: to polls, notices, other
topics, digests, sections that are asked, results."""

from dataclasses import dataclass
from datetime import timedelta

from forum import clock
from forum.access import Actor
from forum.boards.rules import Board
from forum.db import Database
from forum.drafts import actions as drafts
from forum.drafts.rules import Place
from forum.following.actions import follow_topic
from forum.following.rules import Level
from forum.places import actions as places
from forum.places.rules import Note
from forum.posts.reacting import Kind as Reaction
from forum.posts.reacting import Press
from forum.posts.rules import Edit, Post
from forum.themes import actions as themes
from forum.themes.rules import Proposal
from forum.topics.actions import discussing, polling, responding
from forum.topics.polling import Ballot, Kind, NewPoll
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.consultations.actions import answering, receiving
from moderation.consultations.actions.answering_further import answer_further
from moderation.digests import actions as digests
from moderation.digests.actions import objecting
from moderation.digests.rules.objecting import Objecting, Opening
from moderation.reviews import actions as reviews
from moderation.reviews.actions import masking
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish
from moderation.reviews.rules import Complaint
from tests import judging
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.forum.topics.test_phases import phased
from tests.forum.topics.test_tags import a_tag, tagged
from tests.forum.topics.test_transfers import transfer
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import SEAL, TOKYO, Procedure, days_later, on_day
from tests.moderation.digests.desk import a_plan, act, confirm_all, groups_of, said_in
from tests.moderation.inquiries.test_inquiries import ask
from tests.moderation.reviews.test_actions import decide
from tests.moderation.reviews.test_keeping import keep

# In everything that nobody may read but its author and, for most of it, moderators; and in nothing else.
SECRET = "ないしょ"
# In everything that the staff alone may read.
INTERNAL = "うちわ"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Posts that strangers may not read, in topics whose titles some of them may not read, and whom they answer; who sorts
    and answers them, and whose section is asked about them."""

    posts: list[Post]
    asked: Actor
    clerk: Actor
    section: Actor


@dataclass(frozen=True)
class Room:
    """Where it happens, and who is there."""

    db: Database
    board: Board
    author: Actor
    asked: Actor
    moderator: Actor
    section: Actor
    # What the clerk answers.
    procedure: Procedure
    question: Post

    @property
    def clerk(self) -> Actor:
        return self.procedure.clerk

    async def topic(self, by: Actor | None = None) -> Post:
        title, body = f"{SECRET}の話題", f"{SECRET}の本文"
        return await a_topic(self.db, by or self.author, board=self.board, title=title, body=body)

    async def answer(self, by: Actor | None = None) -> Post:
        words, to = f"{SECRET}の返信", self.question
        return await a_post(self.db, by or self.author, topic=to, body=words, reply_to_id=to.id)

    async def hide(self, post: Post) -> None:
        await judging.hide(self.db, self.moderator, post.id)

    async def mask(self, post: Post) -> None:
        version = (await the_post(self.db, post.id)).version
        wish = Wish(act=Act.MASK, passages=SECRET, rule=1, reason="個人の情報です。", version=version)
        await masking.decide(self.db, self.moderator, post.id, wish)

    async def poll(self, topic: Post, by: Actor, word: str = SECRET) -> int:
        """A poll that somebody answered."""
        closes = (clock.now() + timedelta(days=7)).date()
        options = f"{word}の案\n{word}でない案"
        new = NewPoll(question=f"{word}の問い", options=options, kind=Kind.SINGLE, closes=closes, live=True)
        number = await polling.open_poll(self.db, by, topic.topic_id, new, TOKYO)
        if word == SECRET:
            await polling.vote(self.db, self.asked, number, Ballot(choices=[1]))
        return number


async def hide_secrets(db: Database) -> Secrets:
    room = await a_room(db)
    held = [await room.topic(await a_newcomer(db)), await room.answer(await a_newcomer(db))]
    hidden = [await room.topic(), await room.answer()]
    withdrawn = [await room.topic(), await room.answer()]
    returned = [await room.topic(), await room.answer()]
    # Under openings that go, visible replies stay.
    replies = []
    for opening in (hidden[0], withdrawn[0], returned[0]):
        reply = await a_post(db, room.asked, topic=opening, body="続きです。", reply_to_id=opening.id)
        replies += [
            reply,
            await a_post(db, room.author, topic=opening, body="そうですね。", reply_to_id=reply.id),
        ]
    for post in (*hidden, *withdrawn, *returned):
        await use(room, post)
    merged = await merge_some(room)
    polled = await hide_a_poll(room)
    (masked, unlit), said = await submit(room), await digest(room, [*hidden, *withdrawn, *returned])
    for post in hidden:
        await discussing.edit(db, room.author, post.id, Edit(body=f"{SECRET}を直す", version=post.version))
    for post in (*hidden, *returned, *said, *merged, *unlit):
        await room.hide(post)
    for post in returned:
        await judging.return_to_author(db, room.moderator, post.id)
    for post in withdrawn:
        await discussing.withdraw(db, room.author, post.id)
    for post in masked:
        await room.mask(post)
    internal = await talk_among_staff(room)
    posts = [*held, *hidden, *withdrawn, *returned, merged[0], masked[-1], internal, *replies, polled]
    return Secrets(posts, room.asked, room.clerk, room.section)


async def a_room(db: Database) -> Room:
    procedure, asked = await stories.announced(db), await an_account(db)
    board = await a_board(db, section_id=procedure.clerk.section_id)
    question = await a_topic(db, asked, board=board)
    author, moderator, section = await an_account(db), await a_moderator(db), await a_staff_member(db)
    return Room(db, board, author, asked, moderator, section, procedure, question)


async def use(room: Room, post: Post) -> None:
    """What somebody else keeps of a post, and what hangs on it."""
    db, asked = room.db, room.asked
    await places.keep(db, asked, post.id, Note(note="あとで読む"))
    await responding.react(db, asked, post.id, Press(kind=Reaction.THANKS, on=True))
    await reviews.report(db, asked, post.id, Complaint(rule=4, note="見てください。"))
    here = f"/topics/{post.topic_id}?reply_to={post.id}"
    place = Place(place=f"reply:{post.topic_id}", at=here)
    await drafts.keep(db, asked, place, {"body": [f"{post.id}に"], "reply_to_id": [str(post.id)]})
    if post.number == 1:
        await follow_topic(db, asked.id or 0, post.topic_id, Level.WATCH)
        await room.poll(post, room.author)
        await phased(db, room.clerk, post)


async def merge_some(room: Room) -> list[Post]:
    """What is held or will be hidden, in topics that were put together with one that everybody reads."""
    db, to = room.db, str(room.question.topic_id)
    held, whole, some = await room.topic(await a_newcomer(db)), await room.topic(), await room.answer()
    for topic in (held, whole):
        await transfer(db, room.moderator, topic.topic_id, "whole", [], to=to)
    there = str((await a_topic(db, board=room.board)).topic_id)
    await transfer(db, room.moderator, room.question.topic_id, "into", [some], to=there)
    assert (await the_post(db, held.id)).state == "held"
    return [await the_post(db, post.id) for post in (whole, some)]


async def hide_a_poll(room: Room) -> Post:
    """A topic that everybody reads, with a poll that nobody does; and a proposed theme. Its opening post."""
    db = room.db
    topic = await a_topic(db, room.author, board=room.board, title="投票の話題")
    number = await room.poll(topic, room.author)
    await keep(db, room.moderator, topic, Act.HIDE_POLL, poll_id=number, rule=2)
    proposal = Proposal(title=f"{SECRET}のテーマ", body=f"{SECRET}の提案", board_id=room.board.id)
    theme = await themes.propose(db, room.author, proposal, 3)
    await room.hide(await the_post(db, await db.value("select id from posts where topic_id = :id", id=theme)))
    contested = await decide(db, room.moderator, await room.answer(), Act.HIDE)
    await appeals.file(db, room.author, contested, Filing(body=f"{SECRET}の異議"))
    return topic


async def digest(room: Room, posts: list[Post]) -> list[Post]:
    """A draft and a published digest of the posts and of more, about which a section is asked; and what more they are made of."""
    db, clerk = room.db, room.clerk
    said = [await room.answer() for _ in range(2)]
    plan = a_plan(topics=sorted({post.topic_id for post in (*posts, *said)}))
    published, draft = [await digests.start(db, clerk, plan, TOKYO) for _ in range(2)]
    for number in (published, draft):
        await act(db, clerk, number, "split", opinions=[await secret_in(db, number, said[0])], title="集まり")
        await confirm_all(db, clerk, number)
    await digests.publish_digest(db, clerk, published)
    await digests.start(db, clerk, a_plan(digests=[published]), TOKYO)
    for group in await groups_of(db, draft):
        await ask(db, clerk, draft, group.id, room.section.section_id)
    last_day = clock.now().astimezone(TOKYO).date() + timedelta(days=7)
    await objecting.open_window(db, clerk, draft, Opening(last_day=last_day), TOKYO)
    await objecting.file_objection(db, room.author, draft, Objecting(words=f"{INTERNAL}の異議"))
    return said


async def secret_in(db: Database, digest_id: int, post: Post) -> int:
    """The opinion that was cut from a post."""
    number: int = await db.value(
        "select id from opinions where digest_id = :digest_id and revision_id = :revision_id",
        digest_id=digest_id,
        revision_id=post.revision_id,
    )
    return number


async def submit(room: Room) -> tuple[list[Post], list[Post]]:
    """Posts of which two were submitted, too, in a result and where one is being made: those that will be masked, and hidden."""
    masked, hidden = list[Post](), list[Post]()
    for procedure in (room.procedure, await stories.announced(room.db)):
        with on_day(9):
            topic = await a_topic(room.db, room.author, board=room.board, body=f"{SECRET}に木を植えて。")
            roof, lamp, bench = [
                await a_post(room.db, room.author, topic=topic, body=f"{SECRET}に{what}を付けて。")
                for what in ("屋根", "街灯", "椅子")
            ]
        with on_day(10):
            for post in (bench, roof):
                form = stories.a_form(post.raw, post_id=post.id)
                await receiving.submit(room.db, SEAL, room.author, procedure.id, form)
        await consider(room.db, procedure, topic)
        if procedure is not room.procedure:
            await publish(room.db, procedure)
        masked += [topic, roof]
        hidden += [lamp, bench]
    return masked, hidden


async def consider(db: Database, procedure: Procedure, topic: Post) -> None:
    """Each opinion is a point of its own, and one of them is answered at the others as well."""
    days = {"first_day": days_later(8).date(), "last_day": days_later(20).date()}
    plan = a_plan(consultation_id=procedure.id, topics=[topic.topic_id], **days)
    number = await digests.start(db, procedure.clerk, plan, TOKYO)
    with on_day(40):
        await answering.consider(db, procedure.clerk, procedure.id)
    for title in ("木", "屋根", "街灯", "椅子"):
        opinion = await said_in(db, number, title)
        await act(db, procedure.clerk, number, "split", opinions=[opinion.id], title=title)
    await confirm_all(db, procedure.clerk, number)
    lamp = await said_in(db, number, "街灯")
    others = [group.id for group in await groups_of(db, number) if group.id != lamp.group_id]
    await answer_further(db, procedure.clerk, procedure.id, lamp.id, others)


async def publish(db: Database, procedure: Procedure) -> None:
    for group in (await stories.the_gathered(db, procedure)).groups:
        with on_day(41):
            await answering.answer(db, procedure.clerk, procedure.id, group.row.id, stories.a_reply())
    with on_day(50):
        await answering.publish_result(db, procedure.clerk, procedure.id)


async def talk_among_staff(room: Room) -> Post:
    """In the staff room, with all that hangs on topics; one reply is hidden, for a reason that stays there. The opening post."""
    db, clerk = room.db, room.clerk
    staff_room = await a_board(db, "staff")
    topic = await a_topic(db, clerk, board=staff_room, title=f"{INTERNAL}の話題", body=f"{INTERNAL}の本文")
    await room.poll(topic, clerk, INTERNAL)
    await phased(db, clerk, topic)
    await tagged(db, clerk, topic, await a_tag(db))
    body = f"{INTERNAL}の返信、@{room.asked.pen_name} さん"
    await a_post(db, room.section, topic=topic, body=body, reply_to_id=topic.id)
    return topic
