"""Who may see the files that posts show: whoever may read the words that name them, as they are published now."""

from forum.access import Actor
from forum.db import Database
from forum.files.seeing import Judge
from forum.posts.queries import posts, revisions
from forum.posts.rules import State, can_read_words

USED_BY = "post"


async def may_see(db: Database, actor: Actor, sha256: str, post_ids: list[int]) -> bool:
    """Hidden, withdrawn or masked, the picture is gone with the words. In words that their author has replaced, it is
    there for moderators only."""
    for post in await posts.among(db, post_ids):
        if not can_read_words(actor, post):
            continue
        if sha256 in post.shown:
            return True
        looks = actor.moderates(post.board_id) and post.state != State.WITHDRAWN
        if looks and await revisions.ever_showed(db, post.id, sha256):
            return True
    return False


FILES: dict[str, Judge] = {USED_BY: may_see}
