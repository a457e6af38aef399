"""Asking, answering, and drawing the map when the time is over."""

from asyncio import to_thread
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import NotFound
from forum.jobs import each
from forum.notifications.actions import tell_all
from moderation.digests.queries import digests, groups
from moderation.digests.rules import can_see
from moderation.maps import queries, rules
from moderation.maps.proofs import of_change, of_map
from moderation.maps.rules import NEW, Answer, Asking, Change, Map, Rescheduling, Stage


async def ask(db: Database, actor: Actor, digest_id: int, asking: Asking, zone: ZoneInfo) -> int:
    """Opens the points of a published digest for answers until the end of a day."""
    now = clock.now()
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None or not can_see(actor, digest):
            raise NotFound
        require(rules.can_open(actor, digest, await queries.of_digest(db, digest_id) is not None))
        assert actor.id is not None
        ids = {group.position: group.id for group in await groups.groups(db, digest_id)}
        asked = rules.statements(asking.points, ids)
        number = await queries.add(
            db,
            digest_id=digest_id,
            opened_by=actor.id,
            opened_at=now,
            closes_at=asking.closes_at(now, zone),
        )
        points = [(ids[position], statement) for position, statement in asked]
        await queries.add_points(db, number, points, priority=NEW)
    return number


async def reschedule(db: Database, actor: Actor, digest_id: int, form: Rescheduling, zone: ZoneInfo) -> None:
    """Gives another end to the time for answers, for a reason that everybody can read."""
    now = clock.now()
    async with db.transaction():
        digest, found = await digests.locked(db, digest_id), await queries.held_open(db, digest_id)
        if digest is None or found is None:
            raise NotFound
        require(rules.can_reschedule(actor, digest, found, now))
        assert actor.id is not None
        earlier = await queries.changes(db, found.id)
        closes_at = form.closes_at(found, now, zone)
        change = Change(len(earlier) + 1, found.closes_at, closes_at, form.reason, now)
        sha256 = of_change(found.id, change, earlier[-1].sha256 if earlier else None)
        await queries.reschedule(db, found.id, closes_at)
        await queries.add_change(db, found.id, replace(change, sha256=sha256), actor.id)


async def answer(db: Database, actor: Actor, digest_id: int, position: int, given: Answer) -> None:
    """One answer of one person to one point; the newest counts."""
    async with db.transaction():
        found = await queries.held_open(db, digest_id)
        if found is None:
            raise NotFound
        require(rules.can_answer(actor, found, clock.now()))
        assert actor.id is not None
        points = {point.position: point.id for point in await queries.points(db, found.id)}
        if position not in points:
            raise NotFound
        await queries.set_stance(
            db, point_id=points[position], account_id=actor.id, stance=given.value, now=clock.now()
        )


async def tend(db: Database) -> None:
    """Draws the maps whose time is over, and weighs anew what the open ones ask next."""
    await each(await queries.undrawn(db), partial(_tend, db))


async def _tend(db: Database, found: Map) -> None:
    if rules.stage(found, clock.now()) is Stage.OPEN:
        await _weigh(db, found)
    else:
        await draw(db, found.id)


async def draw(db: Database, map_id: int) -> None:
    """Nobody presses a button for it, and nobody can hold it back. Who answered what is forgotten with it."""
    # Loads numpy, which a process that only serves pages does without.
    from moderation.maps.charting import charted, manifest_of, sheets

    async with db.transaction():
        found = await queries.locked(db, map_id)
        if found is None or rules.stage(found, clock.now()) is not Stage.CLOSED:
            return
        digest = await digests.digest(db, found.digest_id)
        assert digest is not None
        assert digest.sha256 is not None
        points, given = await queries.points(db, map_id), await queries.given(db, map_id)
        answers = sheets(given, len(points))
        outcome = await to_thread(charted, answers)
        manifest = manifest_of(answers, outcome)
        sha256 = of_map(
            of_digest=digest.sha256,
            points=points,
            opened_at=found.opened_at,
            closes_at=found.closes_at,
            manifest=manifest,
            outcome=outcome,
        )
        await queries.set_drawn(
            db, map_id, answers=answers, manifest=manifest, outcome=outcome, sha256=sha256, now=clock.now()
        )
        await queries.forget_stances(db, map_id)
        people, address = sorted({one.account_id for one in given}), f"/digests/{found.digest_id}/map"
        await tell_all(db, people, "map_drawn", address, title=digest.title)


async def _weigh(db: Database, found: Map) -> None:
    from moderation.maps.charting import priorities_of, sheets

    points = await queries.points(db, found.id)
    answers = sheets(await queries.given(db, found.id), len(points))
    if answers:
        weights = await to_thread(priorities_of, answers)
        async with db.transaction():
            await queries.set_priorities(
                db, {point.id: weight for point, weight in zip(points, weights, strict=True)}
            )
