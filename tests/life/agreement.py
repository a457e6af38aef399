"""Whether database and model say the same of the room, after every act; and what the room says of itself."""

from dataclasses import dataclass

from forum.commands.verify import every_mismatch
from moderation.figures import rules as figures
from moderation.figures.queries import recounts
from moderation.reviews.queries import queue
from moderation.reviews.views import View
from tests.factories import actor
from tests.life.room import Life
from tests.life.things import Person
from tests.moderation.consultations.stories import SEAL


@dataclass
class Agreement:
    """Compares; nothing here is changed."""

    life: Life

    async def after_a_step(self) -> None:
        """Everything that an act can change."""
        await self.posts()
        await self.topics()
        await self.people()
        await self.log()
        await self.queues()

    async def queues(self) -> None:
        """The counters of all moderators."""
        for person in self.life.people:
            if person.judges_anywhere:
                await self.queue(person)

    async def posts(self) -> None:
        rows = await self.life.db.rows(
            "select id, state, returned_at is not null as returned, shown_at is not null as shown, is_masked(id) as masked"
            " from posts order by id"
        )
        kept = [
            (post.id, post.state, post.returned, post.shown, bool(post.masks)) for post in self.life.posts
        ]
        assert [tuple(row) for row in rows] == sorted(kept)

    async def topics(self) -> None:
        rows = await self.life.db.rows(
            "select id, board_id, state, locked, pinned, slow_until from topics order by id"
        )
        kept = [
            (one.id, one.place.id, one.state, one.locked, one.pinned, one.slow_until)
            for one in self.life.topics
        ]
        assert [tuple(row) for row in rows] == sorted(kept)

    async def people(self) -> None:
        rows = await self.life.db.rows(
            "select id, suspended_at is not null as suspended, silenced_until from accounts where id = any(:ids) order by id",
            ids=[person.id for person in self.life.people if person.id],
        )
        kept = [(one.id, one.suspended, one.silenced_until) for one in self.life.people if one.id]
        assert [tuple(row) for row in rows] == sorted(kept)

    async def log(self) -> None:
        """One line for every act that was done, and none else."""
        rows = await self.life.db.rows("select id, act from decisions order by number")
        assert [tuple(row) for row in rows] == [(one.id, one.act) for one in self.life.decisions]

    async def queue(self, person: Person) -> None:
        """The counter of a moderator."""
        waiting = await queue.waiting(self.life.db, await actor(self.life.db, person.id or 0))
        assert {kind: number for kind, number in waiting.counts.items() if number} == self.life.queue_of(
            person
        )

    async def in_the_end(self) -> None:
        """Nothing was lost, every hash and number matches, and the lists show what the counters count."""
        db = self.life.db
        await self.after_a_step()
        counts = await recounts.counts(db)
        assert [*figures.imbalances(counts)] == []
        assert sum(count.received for count in counts) == len(self.life.posts)
        assert [line async for line in every_mismatch(db, SEAL)] == []
        for person in self.life.people:
            if person.judges_anywhere:
                page = await queue.page(db, await actor(db, person.id or 0), View(), limit=10_000)
                assert len(page) == sum(self.life.queue_of(person).values())
