"""Revisions as they are published: under their own hash, or masked, under that of the view and the seal."""

from dataclasses import dataclass

from forum.db import Database
from forum.posts.masking import masked, seal, view_hash
from forum.posts.queries import masks
from forum.posts.rules import Revision


@dataclass(frozen=True, slots=True)
class View:
    """What of a revision may be published. `seal` is None unless a part of its post is masked."""

    revision: Revision
    shown: str
    sha256: str
    seal: str | None = None


async def published(db: Database, revision: Revision) -> View:
    return (await all_published(db, [revision]))[0]


async def all_published(db: Database, revisions: list[Revision]) -> list[View]:
    """The revisions of one post; as long as anything of it is masked, each is named by its seal."""
    post_id = revisions[0].post_id if revisions else 0
    passages = await masks.passages(db, post_id)
    salt = await masks.salt(db, post_id) if passages else None
    if salt is None:
        return [View(revision, revision.raw, revision.sha256) for revision in revisions]
    return [_masked(revision, passages, salt) for revision in revisions]


def _masked(revision: Revision, passages: list[str], salt: str) -> View:
    shown, sealed = masked(revision.raw, passages), seal(revision.sha256, salt)
    return View(revision, shown, view_hash(revision, shown, sealed), sealed)
