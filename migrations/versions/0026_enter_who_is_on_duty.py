"""Enter who is on duty on which day, and the secret of each person's calendar."""

from alembic import op

revision = "0026"
down_revision = "0025"

DUTIES = """
create table duties (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint duties_account references accounts on delete cascade,
    -- None: every board.
    board_id bigint constraint duties_board references boards,
    -- Of the town.
    day date not null,
    constraint duties_once unique nulls not distinct (day, account_id, board_id)
);
create table duty_calendars (
    account_id bigint primary key constraint duty_calendars_account references accounts on delete cascade,
    -- A part of the address of the calendar, which is signed: a new one makes the old address useless.
    nonce text not null
);
"""


def upgrade() -> None:
    op.script(DUTIES)
