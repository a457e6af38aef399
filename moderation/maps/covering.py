"""Sentences of points, which do not go on saying what nobody may read any more."""

from dataclasses import replace

from forum.db import Database
from moderation.digests.covering import readable
from moderation.maps import queries
from moderation.maps.rules import Point


async def points_of(db: Database, digest_id: int, map_id: int) -> list[Point]:
    """The points of the map of a digest as everybody may read them."""
    found = await queries.points(db, map_id)
    shown = await readable(db, [(digest_id, point.statement) for point in found])
    return [replace(point, statement=shown[digest_id, point.statement]) for point in found]
