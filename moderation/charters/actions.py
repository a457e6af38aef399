"""Putting the first charter in force, and announcing the next ones."""

import tomllib
from datetime import datetime
from pathlib import Path

from forum import clock
from forum.db import Database
from forum.errors import Conflict
from forum.guides.queries import rule_versions
from moderation.charters import queries, rules
from moderation.charters.rules import Charter

CHARTER = Path(__file__).with_name("charter.toml")


async def put_first_charter_in_force(db: Database) -> int:
    """The rules that come with the software, in a room that has none; how many. A room that has rules keeps them."""
    async with db.transaction():
        if await rule_versions(db):
            return 0
        await queries.lock(db)
        if await rule_versions(db):  # another process was faster
            return 0
        charter = Charter.model_validate(tomllib.loads(CHARTER.read_text()))
        start = charter.in_force_from
        assert start is not None
        for rule in charter.rule:
            await queries.add_version(
                db, **rule.model_dump(), version=1, announced_at=start, in_force_from=start
            )
    return len(charter.rule)


async def announce(db: Database, charter: Charter, in_force_from: datetime) -> list[tuple[int, int]]:
    """Announces what `charter` says otherwise than the newest rules; number and version of each. Until the moment
    given, the old words hold, and decisions of then keep citing them. Raises Conflict with the reason."""
    now = clock.now()
    async with db.transaction():
        await queries.lock(db)
        before = rules.newest(await rule_versions(db))
        if reason := rules.wrong_with(charter, before, now=now, in_force_from=in_force_from):
            raise Conflict(reason)
        announced = []
        for rule in rules.changed(before, charter):
            version = before[rule.number].version + 1 if rule.number in before else 1
            await queries.add_version(
                db, **rule.model_dump(), version=version, announced_at=now, in_force_from=in_force_from
            )
            announced.append((rule.number, version))
    return announced
