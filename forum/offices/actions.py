"""Opening and naming boards and sections, and giving people an office. All of it by administrators."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

import asyncpg

from forum import clock
from forum.access import GUEST, Actor, Role, require
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.accounts.queries import sections
from forum.accounts.queries.identity import locked
from forum.accounts.rules import Account, Section
from forum.boards import actions as boards
from forum.boards import queries as board_queries
from forum.boards.rules import Board, Kind
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import N_, _
from forum.offices import queries, rules
from forum.offices.queries import Officer
from forum.offices.rules import (
    Appointed,
    Appointment,
    BoardChange,
    BoardOffice,
    Dismissal,
    NewBoard,
    Opening,
    SectionChange,
    SectionForm,
)
from forum.proof import digest
from forum.text import fold

F = TypeVar("F", Board, Section)

UNKNOWN = N_("その人の登録が見つかりません。先に参加登録をしてもらってください。")


async def open_board(db: Database, actor: Actor, form: NewBoard) -> int:
    require(rules.can_administer(actor))
    if lacking := rules.lacking_in_board(form, form.kind):
        raise Invalid(**lacking)
    async with (
        db.transaction(),
        _known("section_id"),
        _alone("slug", _("この記号の会議室は、もうあります。")),
    ):
        return await boards.open_board(db, **form.model_dump(exclude={"kind"}), kind=form.kind.value)


async def change_board(db: Database, actor: Actor, slug: str, form: BoardChange) -> None:
    """Raises Conflict when somebody else changed it since the form was shown."""
    require(rules.can_administer(actor))
    async with db.transaction(), _known("section_id"):
        board = _current(await board_queries.locked(db, slug), form.version)
        promised = await board_queries.has_promised(db, board.id)
        if lacking := rules.lacking_in_board(form, Kind(board.kind), has_promised=promised):
            raise Invalid(**lacking)
        await board_queries.change(db, board.id, **form.model_dump(exclude={"version"}))


async def appoint_on_board(db: Database, actor: Actor, slug: str, form: BoardOffice) -> Account:
    require(rules.can_administer(actor))
    async with db.transaction():
        board, account = await board_of(db, slug), await _held(db, form.who)
        _require_here(account)
        if lacking := rules.lacking_in_officer(Role(account.role), Kind(board.kind)):
            raise Invalid(**lacking)
        if await boards.give_role(db, board.id, account.id, form.office.value):
            await record(db, account.id, form.office.value, board_id=board.id, by=actor.id)
    return account


async def dismiss_from_board(db: Database, actor: Actor, slug: str, form: Dismissal) -> None:
    require(rules.can_administer(actor))
    async with db.transaction():
        board = await board_of(db, slug)
        if await boards.take_role(db, board.id, form.account_id, form.office.value):
            await record(db, form.account_id, form.office.value, board_id=board.id, by=actor.id, given=False)


async def appoint(db: Database, actor: Actor, form: Appointment) -> Account:
    """Gives somebody who has an account a role in the whole room, or takes it."""
    require(rules.can_administer(actor))
    async with db.transaction():
        account = await person(db, form.who)
        require(rules.can_appoint(await _as_of_now(db, actor, account.id), account.id))
        return await give_role(db, form, by=actor.id)


async def give_role(db: Database, form: Appointment, *, by: int | None = None) -> Account:
    """A role in the whole room, on record if it is another; without `by`, on the command line. Whoever is no clerk any more keeps
    no board of the staff."""
    if lacking := rules.lacking_in_appointment(form):
        raise Invalid(**lacking)
    section_id = rules.section_of(form.role, form.section_id)
    async with db.transaction(), _known("section_id"):
        account = await _held(db, form.who)
        if form.role is not Role.RESIDENT:
            _require_here(account)
        if (account.role, account.section_id) != (form.role, section_id):
            await accounts.change_role(db, account.id, form.role, section_id)
            await record(db, account.id, form.role.value, section_id=section_id, by=by)
            had = await queries.officers(db, account.id)
            await _take(
                db, [one for one in had if rules.lacking_in_officer(form.role, Kind(one.kind))], by=by
            )
    return account


async def open_account(
    db: Database, form: Opening, password_hash: str, role: Role, section_id: int | None
) -> None:
    """An account that has a role from the beginning: on record, and on the command line alone."""
    if lacking := rules.lacking_in_appointment(Appointment(who=form.email, role=role, section_id=section_id)):
        raise Invalid(**lacking)
    section_id = rules.section_of(role, section_id)
    async with db.transaction():
        account_id = await accounts.appoint(
            db,
            pen_name=form.pen_name,
            email=form.email,
            password_hash=password_hash,
            role=role,
            section_id=section_id,
        )
        await record(db, account_id, role.value, section_id=section_id, by=None)


async def lay_down(db: Database, account_id: int) -> None:
    """Whoever leaves has no office any more, on record like any other. Inside the transaction in which they go."""
    account = await locked(db, account_id)
    await _take(db, await queries.officers(db, account_id), by=account_id)
    if account is not None and account.role != Role.RESIDENT:
        await accounts.change_role(db, account_id, Role.RESIDENT, None)
        await record(db, account_id, Role.RESIDENT.value, by=account_id)


async def record(
    db: Database,
    account_id: int,
    office: str,
    *,
    board_id: int | None = None,
    section_id: int | None = None,
    by: int | None,
    given: bool = True,
) -> None:
    """Within the transaction that gives or takes the office."""
    draft = Appointed(0, account_id, board_id, office, given, section_id, by, clock.now(), "")
    await queries.add(db, replace(draft, sha256=digest(rules.document(draft))))


async def open_section(db: Database, actor: Actor, form: SectionForm) -> int:
    require(rules.can_administer(actor))
    async with db.transaction(), _alone("name", _("この名前の課は、もうあります。")):
        return await sections.add_section(db, form.name, form.name_en)


async def change_section(db: Database, actor: Actor, section_id: int, form: SectionChange) -> None:
    """Raises Conflict when somebody else changed it since the form was shown."""
    require(rules.can_administer(actor))
    async with db.transaction(), _alone("name", _("この名前の課は、もうあります。")):
        _current(await sections.locked(db, section_id), form.version)
        await sections.change_section(db, section_id, form.name, form.name_en)


def _current(found: F | None, version: str) -> F:
    """What is changed must be what the form showed."""
    if found is None:
        raise NotFound
    if version != rules.version_of(found):
        raise Conflict(_("あなたが開いたあとに、ほかの人が直しました。いまの内容を確かめてください。"))
    return found


async def _take(db: Database, offices: Iterable[Officer], *, by: int | None) -> None:
    for one in offices:
        await boards.take_role(db, one.board_id, one.account_id, one.office)
        await record(db, one.account_id, one.office, board_id=one.board_id, by=by, given=False)


async def _as_of_now(db: Database, actor: Actor, account_id: int) -> Actor:
    """Who asks, with both accounts locked: of two administrators who take each other's role at once, one keeps it."""
    assert actor.id is not None
    for number in sorted({actor.id, account_id}):
        await locked(db, number)
    return await account_queries.actor(db, actor.id) or GUEST


async def _held(db: Database, who: str) -> Account:
    """Locked, as somebody may be about to leave, which nobody does who has an office."""
    account = await locked(db, (await person(db, who)).id)
    if account is None:
        raise Invalid(who=_(UNKNOWN))
    return account


def _require_here(account: Account) -> None:
    if account.suspended_at or not account.gets_mail:
        raise Invalid(who=_("停止中の人や、退会の手続き中の人には、役割を渡せません。"))


async def board_of(db: Database, slug: str) -> Board:
    board = await board_queries.board(db, slug)
    if board is None:
        raise NotFound
    return board


async def person(db: Database, who: str) -> Account:
    """By address or pen name: somebody who has confirmed their address and is here."""
    find = account_queries.account_of_email if "@" in who else account_queries.account_of_name
    account = await find(db, fold(who))
    if account is None or account.confirmed_at is None or not account.password_hash:
        raise Invalid(who=_(UNKNOWN))
    return account


@asynccontextmanager
async def _alone(field: str, sentence: str) -> AsyncIterator[None]:
    """Left to the database: of two who look first and add then, both find nothing."""
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise Invalid(**{field: sentence}) from None


@asynccontextmanager
async def _known(field: str) -> AsyncIterator[None]:
    try:
        yield
    except asyncpg.ForeignKeyViolationError:
        raise Invalid(**{field: _("一覧から選んでください。")}) from None
