"""Recount the room every day: what was received, and in which state it is. A result is written once and stays."""

from alembic import op

revision = "0011"
down_revision = "0010"

RECOUNTS = """
create table recounts (
    id bigint generated always as identity primary key,
    -- Of the town.
    day date not null,
    checked_at timestamptz not null,
    -- There were so many posts up to this id; a later recount must find them all.
    last_post_id bigint not null,
    posts bigint not null,
    -- How much did not agree, and the first lines that say what.
    found int not null,
    findings text[] not null
);

create table recounted_boards (
    recount_id bigint not null constraint recounted_boards_recount references recounts,
    -- No reference: what is on a board that is gone must be counted, too. 0: on no board.
    board_id bigint not null,
    -- By the numbers that the topics gave out, and by the posts themselves.
    received bigint not null,
    visible bigint not null,
    held bigint not null,
    hidden bigint not null,
    withdrawn bigint not null,
    constraint recounted_boards_pkey primary key (recount_id, board_id)
);

create trigger recounts_immutable before update or delete on recounts
    for each row execute function refuse_change();
create trigger recounts_kept before truncate on recounts for each statement execute function refuse_change();
create trigger recounted_boards_immutable before update or delete on recounted_boards
    for each row execute function refuse_change();
create trigger recounted_boards_kept before truncate on recounted_boards
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(RECOUNTS)
