"""Easy words for whoever asked for them, as long as they say what the original says."""

from collections.abc import Mapping

from forum.db import Database
from forum.i18n import EASY, current_locale
from forum.wordings import queries
from forum.wordings.rules import About


async def easy_words(db: Database, about: About, sources: Mapping[int, str]) -> dict[int, str]:
    """By subject; nothing, and no question to the database, for readers of anything but easy Japanese."""
    if current_locale() != EASY:
        return {}
    found = await queries.newest(db, about, [*sources])
    return {
        subject: wording.body for subject, wording in found.items() if not wording.is_stale(sources[subject])
    }
