"""The consultations and digests: announced, answered by residents, sorted, considered, published."""

from functools import partial

from forum import clock
from forum.access import GUEST
from forum.commands.demo import script
from forum.commands.demo.cast import Cast
from forum.commands.demo.mapping import Mapping
from forum.commands.demo.outcome import Hearing, Outcome
from forum.commands.demo.sorting import Bench
from forum.commands.demo.talk import Thread
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.sealed import Seal
from moderation.consultations.actions import answering, receiving, running
from moderation.consultations.queries import notices
from moderation.consultations.rules.notice import Notice, as_text
from moderation.digests.actions import publish_digest
from moderation.digests.actions import start as start_digest
from moderation.digests.rules import Plan
from moderation.submissions.rules import Channel, PaperForm, Standing, WebForm


class Hearings:
    """Puts every step of every consultation on the timeline."""

    def __init__(
        self, db: Database, seal: Seal, cast: Cast, threads: dict[str, Thread], timeline: Timeline
    ) -> None:
        self._db = db
        self._seal = seal
        self._zone = timeline.zone
        self._cast = cast
        self._threads = threads
        self._timeline = timeline

    def schedule(self, told: script.Hearings) -> None:
        for consultation in told.consultation:
            self._schedule_consultation(consultation)
        for digest in told.digest:
            self._timeline.at(digest.compiled, partial(self._compile_alone, digest))

    def _schedule_consultation(self, told: script.Consultation) -> None:
        at, hearing = self._timeline.at, Hearing(told)
        at(told.created, partial(self._announce, hearing))
        for submission in told.submission:
            at(submission.at, partial(self._receive, hearing, submission))
        if told.digest and told.digest.published and told.considered and told.published:
            at(told.considered, partial(self._consider, hearing, told.digest))
            at(told.digest.published, partial(self._publish_digest, hearing))
            Outcome(self._db, self._cast, self._timeline, hearing).schedule(told.digest, told.published)

    async def _announce(self, hearing: Hearing) -> None:
        clerk = await self._cast.actor(hearing.script.by)
        hearing.id = await running.prepare(self._db, clerk, self._notice(hearing.script), self._zone)
        await running.announce(self._db, clerk, hearing.id, self._zone)

    def _notice(self, told: script.Consultation) -> Notice:
        return Notice(
            title=told.title,
            summary=told.summary,
            section_id=self._cast.sections[told.section],
            opens_at=self._timeline.moment(told.opens).replace(tzinfo=None),
            closes_at=self._timeline.moment(told.closes).replace(tzinfo=None),
            result_due=self._timeline.moment(told.result_due).date(),
            plan=as_text((section.heading, section.body) for section in told.plan),
        )

    async def _receive(self, hearing: Hearing, told: script.Submission) -> None:
        plan = await notices.plan(self._db, hearing.id)
        words = {
            "body": told.body,
            "name": told.name,
            "address": told.address,
            "organisation": told.organisation,
            "standing": Standing.BODY if told.organisation else Standing.LIVES,
            "plan_section_id": plan[told.plan - 1].id if told.plan else None,
        }
        if told.channel == Channel.WEB:
            author = await self._cast.actor(told.by) if told.by else GUEST
            form = WebForm.model_validate(words)
            taken = await receiving.submit(self._db, self._seal, author, hearing.id, form)
        else:
            clerk = await self._cast.actor(hearing.script.by)
            arrived = clock.now().astimezone(self._zone).replace(tzinfo=None)
            paper = PaperForm.model_validate({**words, "channel": told.channel, "received_at": arrived})
            taken = await receiving.enter(self._db, self._seal, clerk, hearing.id, paper, self._zone)
        hearing.submissions[told.id] = taken.id

    async def _consider(self, hearing: Hearing, told: script.Digest) -> None:
        clerk = await self._cast.actor(hearing.script.by)
        hearing.digest_id = await self._compile(told, hearing)
        await answering.consider(self._db, clerk, hearing.id)

    async def _compile(self, told: script.Digest, hearing: Hearing | None) -> int:
        """Begins the digest and sorts it; each name of the script stands for a post or a submission."""
        clerk = await self._cast.actor(told.by)
        threads = [self._threads[key] for key in told.topics]
        plan = Plan(
            title=told.title,
            topics=[thread.topic_id for thread in threads],
            consultation_id=hearing.id if hearing else None,
            first_day=self._timeline.moment(told.starts).date(),
            last_day=self._timeline.moment(told.ends).date(),
        )
        digest_id = await start_digest(self._db, clerk, plan, self._zone)
        sources = {
            f"p{n}": ("post", number) for thread in threads for n, number in enumerate(thread.posts, 1)
        }
        for name, number in hearing.submissions.items() if hearing else ():
            sources[name] = ("submission", number)
        await Bench(self._db, clerk, digest_id).arrange(told, sources)
        return digest_id

    async def _compile_alone(self, told: script.Digest) -> None:
        """A digest of a discussion, without a consultation."""
        digest_id = await self._compile(told, None)
        if told.published:
            self._timeline.at(told.published, partial(self._publish_alone, told, digest_id))

    async def _publish_alone(self, told: script.Digest, digest_id: int) -> None:
        await publish_digest(self._db, await self._cast.actor(told.by), digest_id)
        self._ask(told, digest_id)

    def _ask(self, told: script.Digest, digest_id: int) -> None:
        if told.map:
            Mapping(self._db, self._cast, self._timeline, told.map, told.by).schedule(digest_id)

    async def _publish_digest(self, hearing: Hearing) -> None:
        clerk = await self._cast.actor(hearing.script.by)
        await publish_digest(self._db, clerk, hearing.digest_id)
        if hearing.script.digest:
            self._ask(hearing.script.digest, hearing.digest_id)
