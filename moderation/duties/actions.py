"""Entering duties, handing them over, and taking them back. Whoever is concerned hears of what others changed."""

from datetime import date
from secrets import token_urlsafe

from forum.access import Actor, Ruling, require
from forum.accounts import queries as accounts
from forum.boards import queries as boards
from forum.boards.rules import Board
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import _
from forum.notifications.actions import tell
from moderation.duties import queries, rules
from moderation.duties.rules import Duty, Entry, Handover

PAGE = "/rota"


async def enter(db: Database, actor: Actor, entry: Entry, today: date) -> None:
    """Puts somebody on duty; days on which they are already stay as they are."""
    async with db.transaction():
        board = await _board(db, entry.board_id or None)
        require(rules.can_plan(actor, board))
        if lacking := rules.lacking_in_entry(entry, today):
            raise Invalid(**lacking)
        if not await _may_serve(db, entry.account_id, board):
            raise Invalid(account_id=_("この会議室の審査の担当者から選んでください。"))
        if await queries.add(db, entry.account_id, board.id if board else None, entry.days):
            await _tell(db, actor, entry.account_id, "entered", board, entry.start, entry.end)


async def hand_over(db: Database, actor: Actor, duty_id: int, wish: Handover, today: date) -> date:
    """Somebody else takes a day, asked to, or stepping in; which one."""
    async with db.transaction():
        duty, board = await _duty(db, actor, duty_id, wish.holder, today)
        if not await _may_serve(db, wish.account_id, board):
            raise Invalid(account_id=_("この会議室の審査の担当者から選んでください。"))
        await queries.remove(db, duty.id)
        added = await queries.add(db, wish.account_id, duty.board_id, [duty.day])
        if wish.account_id != duty.account_id:
            await _tell(db, actor, duty.account_id, "relieved", board, duty.day, duty.day)
            if added:
                await _tell(db, actor, wish.account_id, "entered", board, duty.day, duty.day)
    return duty.day


async def leave(db: Database, actor: Actor, duty_id: int, holder: int, today: date) -> date:
    """Takes a day back, and leaves a gap if there is nobody else; which one."""
    async with db.transaction():
        duty, board = await _duty(db, actor, duty_id, holder, today)
        await queries.remove(db, duty.id)
        await _tell(db, actor, duty.account_id, "relieved", board, duty.day, duty.day)
    return duty.day


async def renew_calendar(db: Database, actor: Actor) -> None:
    """A new secret address; the old one leads nowhere from now on."""
    require(rules.can_see_rota(actor))
    assert actor.id is not None
    async with db.transaction():
        await queries.set_nonce(db, actor.id, token_urlsafe(12))


async def _duty(
    db: Database, actor: Actor, duty_id: int, holder: int, today: date
) -> tuple[Duty, Board | None]:
    """A day that may still be changed, as the page showed it."""
    duty = await queries.locked(db, duty_id)
    if duty is None or duty.account_id != holder:
        raise Conflict(_("この当番は、もう変わっています。いまの当番表を確かめてください。"))
    board = await _board(db, duty.board_id)
    require(rules.can_plan(actor, board))
    if duty.day < today:
        raise Conflict(_("過ぎた日は変えられません。"))
    return duty, board


async def _board(db: Database, board_id: int | None) -> Board | None:
    if board_id is None:
        return None
    board = await boards.board_by_id(db, board_id)
    if board is None:
        raise NotFound
    return board


async def _may_serve(db: Database, account_id: int, board: Board | None) -> Ruling:
    person = await accounts.actor(db, account_id)
    return rules.can_plan(person, board) if person else Ruling(_("見つかりません。"))


async def _tell(
    db: Database, actor: Actor, account_id: int, news: str, board: Board | None, start: date, end: date
) -> None:
    """Nobody is told of what they did themselves."""
    if account_id != actor.id:
        await tell(
            db,
            account_id,
            "duty_changed",
            PAGE,
            news=news,
            by=actor.pen_name,
            board=board.name if board else "",
            board_en=board.name_en if board else "",
            start=start.isoformat(),
            end=end.isoformat(),
        )
