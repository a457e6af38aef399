"""Titles of inquiries: those of points as they were, which do not go on saying what nobody may read any more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from forum.db import Database
from moderation.digests.covering import readable
from moderation.inquiries.rules import Inquiry

Asked = TypeVar("Asked", bound=Inquiry)


async def named(db: Database, found: Sequence[Asked]) -> list[Asked]:
    """The same inquiries, to be shown or told."""
    if not found:
        return []
    titles = await readable(db, [(one.digest_id, one.title) for one in found])
    return [replace(one, title=titles[one.digest_id, one.title]) for one in found]
