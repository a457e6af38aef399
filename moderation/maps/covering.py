"""Sentences of points, which do not go on saying what nobody may read any more."""

from dataclasses import replace

from forum.db import Database
from forum.people.portions import Rows
from moderation.digests.covering import readable
from moderation.maps import queries
from moderation.maps.rules import Point


async def points_of(db: Database, digest_id: int, map_id: int) -> list[Point]:
    """The points of the map of a digest as everybody may read them."""
    found = await queries.points(db, map_id)
    shown = await readable(db, [(digest_id, point.statement) for point in found])
    read = [shown[digest_id, point.statement] for point in found]
    return [
        replace(point, statement=words, covered=words != point.statement)
        for point, words in zip(found, read, strict=True)
    ]


async def answers(db: Database, rows: Rows) -> Rows:
    """What somebody answered, each with its digest, under the sentences as everybody may read them."""
    shown = await readable(db, [(row["digest"], row["statement"]) for row in rows])
    return [row | {"statement": shown[row["digest"], row["statement"]]} for row in rows]
