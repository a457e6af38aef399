"""Data for tests, made by the real actions; accounts, which nearly every test has some of, by the statements of one."""

from dataclasses import replace
from itertools import count
from secrets import token_hex
from typing import Literal

from argon2 import PasswordHasher

from forum import clock
from forum.access import Actor, Role
from forum.accounts import queries as account_queries
from forum.accounts.queries.sections import add_section
from forum.boards import actions as boards
from forum.boards import queries as board_queries
from forum.boards.rules import Board
from forum.db import Database
from forum.i18n import current_locale
from forum.posts.queries import posts as post_queries
from forum.posts.rules import Draft, Post
from forum.topics.actions import discussing
from forum.topics.rules import Opening

PASSWORD = "野川の土手を朝に歩く"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_hash = CHEAP.hash(PASSWORD)
_numbers = count(1)


def number_apart() -> None:
    """Names given from now on are none that a release wrote, however few this process gave before."""
    global _numbers
    _numbers = count(next(_numbers) + 1_000_000)


async def an_account(
    db: Database, role: Role = Role.RESIDENT, *, approved_posts: int = 1, section_id: int | None = None
) -> Actor:
    """A confirmed account. With one approved post, its next ones are visible at once."""
    n = next(_numbers)
    # Nobody can have the name, the address or any right yet: asking would be most of the work.
    person = Actor(
        pen_name=f"市民{n}",
        pseudonym=f"p-{token_hex(8)}",
        role=role,
        section_id=section_id,
        confirmed=True,
        approved_posts=approved_posts,
        locale=current_locale(),
    )
    email, now = f"resident{n}@example.jp", clock.now()
    account_id = await account_queries.add(
        db,
        pen_name=person.pen_name,
        pen_name_key=person.pen_name,
        pseudonym=person.pseudonym,
        email=email,
        email_key=email,
        password_hash=_hash,
        role=role.value,
        section_id=section_id,
        locale=current_locale(),
        now=now,
        confirmed_at=now,
    )
    assert account_id is not None
    for _ in range(approved_posts):
        await account_queries.count_approved(db, account_id)
    return replace(person, id=account_id)


async def a_newcomer(db: Database) -> Actor:
    """A confirmed resident whose first post is yet to come."""
    return await an_account(db, approved_posts=0)


async def a_moderator(db: Database) -> Actor:
    return await an_account(db, Role.MODERATOR)


async def a_staff_member(db: Database, section_id: int | None = None) -> Actor:
    return await an_account(db, Role.STAFF, section_id=section_id or await a_section(db))


async def a_facilitator(db: Database, board: Board) -> Actor:
    return await _with_a_role(db, board, "facilitator")


async def a_board_moderator(db: Database, board: Board) -> Actor:
    return await _with_a_role(db, board, "moderator")


async def _with_a_role(db: Database, board: Board, role: Literal["facilitator", "moderator"]) -> Actor:
    account = await an_account(db)
    assert account.id is not None
    await boards.give_role(db, board.id, account.id, role)
    return await actor(db, account.id)


async def actor(db: Database, account_id: int) -> Actor:
    """The account with the rights it has now."""
    found = await account_queries.actor(db, account_id)
    assert found is not None
    return found


async def a_section(db: Database) -> int:
    n = next(_numbers)
    return await add_section(db, f"第{n}課", f"Section {n}")


async def a_board(
    db: Database, kind: str = "official", section_id: int | None = None, *, position: int = 0
) -> Board:
    n = next(_numbers)
    await boards.open_board(
        db,
        slug=f"board-{n}",
        name=f"会議室{n}",
        name_en=f"Room {n}",
        about="まちのことを話します。",
        about_en="About the town.",
        kind=kind,
        section_id=section_id or await a_section(db),
        position=position,
    )
    board = await board_queries.board(db, f"board-{n}")
    assert board is not None
    return board


async def a_topic(
    db: Database,
    by: Actor | None = None,
    *,
    board: Board | None = None,
    title: str = "野川の緑",
    body: str = "守りたい。",
) -> Post:
    """A topic, as its opening post."""
    by, board = by or await an_account(db), board or await a_board(db)
    _, post_id = await discussing.start(db, by, board, Opening(title=title, body=body))
    return await the_post(db, post_id)


async def a_post(
    db: Database,
    by: Actor | None = None,
    *,
    topic: Post | None = None,
    body: str = "賛成です。",
    reply_to_id: int | None = None,
) -> Post:
    """A reply, in a topic of its own unless one is given (as any of its posts)."""
    by, topic = by or await an_account(db), topic or await a_topic(db)
    post_id = await discussing.reply(db, by, topic.topic_id, Draft(body=body, reply_to_id=reply_to_id))
    return await the_post(db, post_id)


async def the_post(db: Database, post_id: int) -> Post:
    """The post as it is now."""
    found = await post_queries.post(db, post_id)
    assert found is not None
    return found
