"""The topics: opened, answered, edited, taken back, judged."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from forum import clock
from forum.commands.demo import script
from forum.commands.demo.cast import Cast
from forum.commands.demo.redress import Redress
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.posts.queries import posts
from forum.posts.rules import Draft, Edit, Post, State
from forum.topics.actions import discussing
from forum.topics.rules import Opening
from moderation.reviews import actions as reviews
from moderation.reviews.actions import keeping, sanctioning
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping
from moderation.reviews.queries import reports
from moderation.reviews.rules import Complaint, Verdict
from moderation.reviews.sanctions import Wish

# Pins and locks topics in every board, the staff room too.
KEEPER = "kanri"
# Approves first posts.
MODERATOR = "asahi"
# How long a first post waits for a moderator where the script does not leave it in the queue.
APPROVED_AFTER = timedelta(minutes=12)


@dataclass
class Thread:
    """A topic as far as it has been told; post 1 is `posts[0]`."""

    topic_id: int = 0
    posts: list[int] = field(default_factory=list)


class Talk:
    """Puts every act of every topic on the timeline, and remembers the topics that others point to."""

    def __init__(self, db: Database, cast: Cast, timeline: Timeline, redress: Redress) -> None:
        self._db = db
        self._cast = cast
        self._timeline = timeline
        self._redress = redress
        self.threads: dict[str, Thread] = {}

    def schedule(self, board: script.Board) -> None:
        for topic in board.topic:
            thread = Thread()
            if topic.key:
                self.threads[topic.key] = thread
            self._timeline.at(topic.at, partial(self._start, board.slug, topic, thread))
            self._schedule_fate(topic, thread, 1)
            for number, post in enumerate(topic.post, 2):
                self._timeline.at(post.at, partial(self._reply, post, thread))
                self._schedule_fate(post, thread, number)
            if topic.locked:
                self._timeline.at(topic.locked, partial(self._keep, Act.LOCK, topic.locked_because, thread))

    def _schedule_fate(self, post: script.Post, thread: Thread, number: int) -> None:
        at = self._timeline.at
        if post.edited:
            at(post.edited, partial(self._edit, post, thread, number))
        if post.withdrawn:
            at(post.withdrawn, partial(self._withdraw, post, thread, number))
        for report in post.reports:
            at(report.at, partial(self._report, report, thread, number))
        for act, verdict in post.verdicts:
            at(verdict.at, partial(self._decide, act, verdict, thread, number))
        if post.sanction:
            at(post.sanction.at, partial(self._sanction, post.sanction, thread, number))
        if post.appeal:
            self._redress.schedule_appeal(post.appeal, post.by, thread.posts, number)
        if post.claim:
            self._redress.schedule_claim(post.claim, post.by, thread.posts, number)

    async def _start(self, slug: str, topic: script.Topic, thread: Thread) -> None:
        author = await self._cast.actor(topic.by)
        opening = Opening(title=topic.title, body=topic.body)
        thread.topic_id, post_id = await discussing.start(
            self._db, author, await self._cast.board(slug), opening
        )
        thread.posts.append(post_id)
        if topic.pinned:
            await self._keep(Act.PIN, topic.pinned, thread)
        await self._await_approval(topic, post_id)

    async def _reply(self, post: script.Post, thread: Thread) -> None:
        author = await self._cast.actor(post.by)
        answered = thread.posts[post.to - 1] if post.to else None
        draft = Draft(body=await self._quoting(post.body, answered), reply_to_id=answered)
        post_id = await discussing.reply(self._db, author, thread.topic_id, draft)
        thread.posts.append(post_id)
        await self._await_approval(post, post_id)

    async def _quoting(self, body: str, answered: int | None) -> str:
        """A quote at the head of an answer names its source, as the composer does it."""
        if answered is None or not body.startswith("> "):
            return body
        quoted = await posts.view(self._db, answered)
        assert quoted is not None
        return f"> [{quoted.pen_name} #{quoted.number}](/posts/{quoted.id})\n{body}"

    async def _await_approval(self, post: script.Post, post_id: int) -> None:
        if not post.held and (await self._post(post_id)).state == State.HELD:
            self._timeline.at(clock.now() + APPROVED_AFTER, partial(self._approve, post_id))

    async def _edit(self, post: script.Post, thread: Thread, number: int) -> None:
        current = await self._post(thread.posts[number - 1])
        words = Edit(body=post.edited_body, version=current.version)
        await discussing.edit(self._db, await self._cast.actor(post.by), current.id, words)

    async def _withdraw(self, post: script.Post, thread: Thread, number: int) -> None:
        await discussing.withdraw(self._db, await self._cast.actor(post.by), thread.posts[number - 1])

    async def _keep(self, act: Act, reason: str, thread: Thread) -> None:
        wish = Keeping(act=act, reason=reason)
        await keeping.keep(self._db, await self._cast.actor(KEEPER), thread.topic_id, wish)

    async def _post(self, post_id: int) -> Post:
        post = await posts.post(self._db, post_id)
        assert post is not None
        return post

    async def _approve(self, post_id: int) -> None:
        moderator = await self._cast.actor(MODERATOR)
        verdict = Verdict(act=Act.APPROVE, version=(await self._post(post_id)).version)
        await reviews.decide(self._db, moderator, post_id, verdict)

    async def _report(self, told: script.Report, thread: Thread, number: int) -> None:
        resident = await self._cast.actor(told.by)
        complaint = Complaint(rule=told.rule, note=told.note)
        await reviews.report(self._db, resident, thread.posts[number - 1], complaint)

    async def _decide(self, act: Act, told: script.Verdict, thread: Thread, number: int) -> None:
        post = await self._post(thread.posts[number - 1])
        newest = max((report.id for report in await reports.of_post(self._db, post.id)), default=0)
        verdict = Verdict(act=act, rule=told.rule, reason=told.reason, version=post.version, report=newest)
        await reviews.decide(self._db, await self._cast.actor(told.by), post.id, verdict)

    async def _sanction(self, told: script.Sanction, thread: Thread, number: int) -> None:
        post = await self._post(thread.posts[number - 1])
        wish = Wish(act=told.act, rule=told.rule, reason=told.reason, days=told.days, version=post.version)
        await sanctioning.sanction(self._db, await self._cast.actor(told.by), post.id, wish)
