"""What people do who do not accept a decision, or a post: appeals and rights requests."""

from functools import partial

from forum.commands.demo import script
from forum.commands.demo.cast import Cast
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.posts.queries import posts
from forum.sealed import Seal
from moderation.appeals import actions as appeals
from moderation.appeals import queries as appeal_queries
from moderation.appeals.rules import Answer, Outcome
from moderation.appeals.rules import Filing as AppealFiling
from moderation.rights import actions as rights
from moderation.rights.rules import Filing, Judgement, Kind, Reply


class Redress:
    """Puts appeals and rights requests on the timeline, each with what became of it."""

    def __init__(self, db: Database, seal: Seal, cast: Cast, timeline: Timeline) -> None:
        self._db = db
        self._seal = seal
        self._cast = cast
        self._timeline = timeline
        self._claims: dict[int, int] = {}

    def schedule_appeal(self, told: script.Appeal, author: str, posts: list[int], number: int) -> None:
        """`posts` fills as the topic is told; the post in question is `posts[number - 1]` by then."""
        self._timeline.at(told.at, partial(self._appeal, told, author, posts, number))
        if told.judged:
            self._timeline.at(told.judged.at, partial(self._judge, told, told.judged, posts, number))

    def schedule_claim(self, told: script.Claim, author: str, posts: list[int], number: int) -> None:
        self._timeline.at(told.at, partial(self._claim, told, posts, number))
        self._timeline.at(told.asked, partial(self._ask, told, posts, number))
        if told.answered:
            self._timeline.at(told.answered, partial(self._answer, told, author, posts, number))
        if told.refused:
            self._timeline.at(told.refused.at, partial(self._refuse, told.refused, posts, number))

    async def _appeal(self, told: script.Appeal, author: str, posts: list[int], number: int) -> None:
        decision = await self._decision(posts[number - 1])
        await appeals.file(self._db, await self._cast.actor(author), decision, AppealFiling(body=told.body))

    async def _judge(
        self, told: script.Appeal, verdict: script.Verdict, posts: list[int], number: int
    ) -> None:
        appeal = await appeal_queries.of_decision(self._db, await self._decision(posts[number - 1]))
        assert appeal is not None
        answer = Answer(outcome=Outcome(told.outcome), rule=verdict.rule, reason=verdict.reason)
        await appeals.answer(self._db, await self._cast.actor(verdict.by), appeal.id, answer)

    async def _decision(self, post_id: int) -> int:
        decision = await appeal_queries.newest_decision(self._db, post_id)
        assert decision is not None
        return decision

    async def _claim(self, told: script.Claim, written: list[int], number: int) -> None:
        post = await posts.view(self._db, written[number - 1])
        assert post is not None
        filing = Filing(
            post=str(post.id), infringed=told.infringed, words=told.words, reason=told.reason, name=told.name,
            address=told.address,
        )  # fmt: skip
        self._claims[post.id] = await rights.file(self._db, self._seal, post, filing)

    async def _ask(self, told: script.Claim, posts: list[int], number: int) -> None:
        moderator = await self._cast.actor(told.by)
        await rights.ask(self._db, moderator, self._claims[posts[number - 1]], self._timeline.zone)

    async def _answer(self, told: script.Claim, author: str, posts: list[int], number: int) -> None:
        reply = Reply(answer=Kind(told.answer), body=told.body)
        await rights.reply(self._db, await self._cast.actor(author), self._claims[posts[number - 1]], reply)

    async def _refuse(self, verdict: script.Verdict, posts: list[int], number: int) -> None:
        judgement = Judgement(outcome=Kind.REFUSED, reason=verdict.reason)
        await rights.decide(
            self._db, await self._cast.actor(verdict.by), self._claims[posts[number - 1]], judgement
        )
