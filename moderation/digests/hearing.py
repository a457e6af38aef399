"""What an author sees of a draft before it is published: their own words, and what is quoted beside them."""

from typing import Any

from forum.db import Database
from forum.posts.rules import shown_title
from moderation.digests import covering
from moderation.digests.actions.objecting import window_for
from moderation.digests.queries import objections, opinions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest
from moderation.digests.rules.objecting import WORDS_MAX, Author
from moderation.submissions.rules import CHANNEL_NAMES


async def standing_of(
    db: Database, digest: Digest, author: Author, mine: list[Opinion]
) -> dict[str, Any] | None:
    """For the page of one author; None as long as nobody is heard."""
    window = await window_for(db, digest, author)
    if not mine or window is None:
        return None
    points = {group.id: group for group in await covering.points(db, digest.id)}
    here = sorted(
        {one.group_id for one in mine if one.group_id in points}, key=lambda id: points[id].position
    )
    beside = [one for one in await opinions.in_groups(db, here) if is_quoted(one, mine)]
    return {
        "digest": digest,
        "window": window,
        "points": [
            (points[id], [o for o in mine if o.group_id == id], [o for o in beside if o.group_id == id])
            for id in here
        ],
        "aside": [one for one in mine if one.group_id not in points],
        "objection": next((one for one in await objections.of(db, digest.id) if one.author == author), None),
        "shown_title": shown_title,
        "ways": CHANNEL_NAMES,
        "limit": WORDS_MAX,
    }


def is_quoted(opinion: Opinion, mine: list[Opinion]) -> bool:
    """What will stand for the point: words of the room, which everybody can read."""
    return opinion.representative and opinion.post_id is not None and opinion.id not in {o.id for o in mine}
