"""Which boards ask for two people: who says so, and where there are two."""

import pytest

from forum.access import Role
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from moderation.reviews.actions import switching
from moderation.reviews.pairs import Done, Switch
from tests.factories import a_board, a_moderator, a_post, a_topic, an_account
from tests.moderation.appeals.test_appeals import mismatches
from tests.moderation.reviews.test_pairs import hide


async def test_only_administrators_switch_and_only_where_two_can_judge(db: Database) -> None:
    board, admin = await a_board(db), await an_account(db, Role.ADMINISTRATOR)
    wish = Switch(board=board.id, asks="yes", why="難しい話題だからです。")
    with pytest.raises(Invalid):
        await switching.switch(db, admin, wish)
    moderator = await a_moderator(db)
    with pytest.raises(Forbidden):
        await switching.switch(db, moderator, wish)
    await switching.switch(db, admin, wish)
    with pytest.raises(Conflict):
        await switching.switch(db, admin, wish)
    await switching.switch(db, admin, Switch(board=board.id, asks="no", why="話題が終わりました。"))
    post = await a_post(db, topic=await a_topic(db, board=board))
    assert await hide(db, moderator, post) is Done.DECIDED
    assert await mismatches(db) == []


async def test_moderators_who_may_not_read_the_staff_room_do_not_count_there(db: Database) -> None:
    room, admin = await a_board(db, "staff"), await an_account(db, Role.ADMINISTRATOR)
    await a_moderator(db)
    wish = Switch(board=room.id, asks="yes", why="難しい話題だからです。")
    with pytest.raises(Invalid):
        await switching.switch(db, admin, wish)
    await an_account(db, Role.ADMINISTRATOR)
    await switching.switch(db, admin, wish)
