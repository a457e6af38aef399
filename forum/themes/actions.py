"""Proposing a theme, supporting it, and beginning it when enough people do."""

from datetime import datetime

from forum import clock, jobs
from forum.access import Actor, require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.events import ThemeChanged, publish
from forum.i18n import _
from forum.jobs import CLOCKS_DIFFER, enqueue
from forum.notifications.actions import tell, tell_all
from forum.themes import queries, rules
from forum.themes.rules import Proposal, Theme, Wish
from forum.topics import pacing
from forum.topics.actions import discussing
from forum.topics.actions.locking import topic_for
from forum.topics.actions.opening import open_proposed
from forum.topics.queries import adding
from forum.topics.rules import Topic


async def propose(db: Database, actor: Actor, proposal: Proposal, needs: int, *, once: bool = False) -> int:
    """A theme with its author as the first supporter; the id of its topic. `once`: not again what its author has just
    proposed, whose answer may have got lost on the way."""
    async with db.transaction():
        require(rules.can_propose(actor))
        offered = rules.offered(await boards.boards(db, readable_kinds(actor)))
        board = next((one for one in offered if one.id == proposal.board_id), None)
        if board is None:
            raise Invalid(board_id=_("会議室を選んでください。"))
        assert actor.id is not None
        now = clock.now()
        since = now - pacing.SENT_AGAIN_WITHIN
        if once and (
            sent := await adding.started_already(db, board.id, actor.id, proposal, since, as_theme=True)
        ):
            return sent[0]
        topic_id, _post = await discussing.start(db, actor, board, proposal, proposed=True)
        ends_at = await boards.end_of_day(db, now + rules.LASTS)
        await queries.add(db, topic_id, needs, ends_at)
        await queries.support(db, topic_id, actor.id, now)
        await enqueue(db, "end_theme", {"topic_id": topic_id}, after=ends_at - now + CLOCKS_DIFFER)
    return topic_id


async def see_to_ends(db: Database) -> int:
    """Themes from before a job ended them get one, as each process that starts sees to; how many."""
    if not await _without_end(db):
        return 0
    async with db.transaction():
        await queries.lock(db)
        endless, now = await _without_end(db), clock.now()
        for topic_id, ends_at in endless.items():
            await enqueue(db, "end_theme", {"topic_id": topic_id}, after=ends_at - now + CLOCKS_DIFFER)
    return len(endless)


async def _without_end(db: Database) -> dict[int, datetime]:
    unfinished = await queries.unfinished(db, clock.now())
    known = {job["topic_id"] for job in await jobs.waiting(db, "end_theme")} if unfinished else set()
    return {topic_id: ends_at for topic_id, ends_at in unfinished.items() if topic_id not in known}


async def end(db: Database, topic_id: int) -> None:
    """Its time is over: whoever proposed it hears of it, unless it began; if nobody sees it, once it is shown again."""
    async with db.transaction():
        theme, now = await queries.theme(db, topic_id), clock.now()
        if theme is not None and rules.may_return(theme, now):
            await enqueue(db, "end_theme", {"topic_id": topic_id}, after=rules.LOOKS_AGAIN)
        if theme is not None and rules.has_ended(theme, now):
            await tell(
                db,
                theme.author_id,
                "theme_ended",
                f"/themes/{theme.id}",
                post=theme.post_id,
                topic=theme.title,
                supports=theme.supports,
                needs=theme.needs,
            )


async def wish(db: Database, actor: Actor, topic_id: int, wish: Wish) -> bool:
    """Supports the theme, or takes that back. Whether it began with this."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        theme = await queries.theme(db, topic.id)
        if theme is None:
            raise NotFound
        now = clock.now()
        require(rules.can_support(actor, theme, now))
        assert actor.id is not None
        if wish.wish == "withdraw":
            await queries.withdraw(db, topic.id, actor.id)
        else:
            await queries.support(db, topic.id, actor.id, now)
        begins = wish.wish == "support" and await _begin(db, topic, theme)
        await _tell_pages(db, topic.id)
    return begins


async def forget(db: Database, account_id: int) -> None:
    """What somebody supported who has left."""
    supported = await queries.supported_by(db, account_id)
    await queries.forget(db, account_id)
    for topic_id in supported:
        await _tell_pages(db, topic_id)


async def _tell_pages(db: Database, topic_id: int) -> None:
    await queries.count_change(db, topic_id)
    await publish(db, ThemeChanged(topic_id))


async def _begin(db: Database, topic: Topic, theme: Theme) -> bool:
    """If enough people support it now: they hear of it, and are forgotten."""
    supporters = await queries.supporters(db, topic.id)
    if len(supporters) < theme.needs:
        return False
    await queries.close(db, topic.id, len(supporters))
    await open_proposed(db, topic)
    place = f"/topics/{topic.id}"
    await tell_all(db, supporters, "theme_opened", place, post=theme.post_id, topic=topic.title)
    return True
