"""What the city makes of a consultation: its answers, also in other words, the result, and what became of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from forum import clock
from forum.access import Actor
from forum.commands.demo import script
from forum.commands.demo.cast import Cast
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from moderation.consultations.actions import answering, reporting, translating
from moderation.consultations.actions.answering_further import answer_further
from moderation.consultations.gathering import Answered, gather
from moderation.consultations.rules.progress import NewReport, fiscal_year
from moderation.consultations.rules.reply import Reply
from moderation.consultations.rules.variants import Language, NewVariant

# A section writes one answer in this time, from the day the digest is out.
ANSWER_TAKES = timedelta(days=1)


@dataclass
class Hearing:
    """A consultation as far as it has been told."""

    script: script.Consultation
    id: int = 0
    digest_id: int = 0
    submissions: dict[str, int] = field(default_factory=dict)


class Outcome:
    """Puts the answers, the result and the reports of one consultation on the timeline."""

    def __init__(self, db: Database, cast: Cast, timeline: Timeline, hearing: Hearing) -> None:
        self._db = db
        self._cast = cast
        self._timeline = timeline
        self._hearing = hearing

    def schedule(self, digest: script.Digest, published: str) -> None:
        assert digest.published is not None
        first = self._timeline.moment(digest.published)
        for number, group in enumerate(digest.group, 1):
            self._timeline.at(first + number * ANSWER_TAKES, partial(self._answer, number, group))
            for at, told in enumerate(group.progress):
                self._timeline.at(told.at, partial(self._report, number, at, told))
        self._timeline.at(published, self._publish)

    async def _answer(self, number: int, told: script.Group) -> None:
        clerk = await self._clerk()
        group = (await self._groups())[number - 1]
        assert told.category is not None
        assert group.row.title == told.title
        for named in told.also:
            await answer_further(
                self._db, clerk, self._hearing.id, await self._opinion(named), [group.row.id]
            )
        reply = Reply(
            number=0,
            category=told.category,
            body=told.answer,
            reason=told.reason,
            plan_before=told.before,
            plan_after=told.after,
        )
        await answering.answer(self._db, clerk, self._hearing.id, group.row.id, reply)
        for language, words in ((Language.PLAIN, told.plain), (Language.ENGLISH, told.english)):
            if words:
                variant = NewVariant(number=0, language=language, body=words)
                await translating.translate(self._db, clerk, self._hearing.id, group.row.id, variant)

    async def _publish(self) -> None:
        await answering.publish_result(self._db, await self._clerk(), self._hearing.id)

    async def _report(self, number: int, earlier: int, told: script.Progress) -> None:
        year = fiscal_year(clock.now().astimezone(self._timeline.zone))
        report = NewReport(number=earlier, status=told.status, year=year, body=told.body)
        await reporting.report(self._db, await self._clerk(), self._hearing.id, number, report)

    async def _clerk(self) -> Actor:
        return await self._cast.actor(self._hearing.script.by)

    async def _groups(self) -> tuple[Answered, ...]:
        gathered = await gather(self._db, self._hearing.id)
        assert gathered is not None
        return gathered.groups

    async def _opinion(self, named: str) -> int:
        """The opinion of a submission that says these words."""
        source, _, words = named.partition(" ")
        submission = self._hearing.submissions[source]
        heard = [row for group in await self._groups() for row in group.opinions]
        return next(row.id for row in heard if row.submission_id == submission and words in (row.text or ""))
