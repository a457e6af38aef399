"""Remember who was reminded of what waits past its time: each step once, however many workers there are."""

from alembic import op

revision = "0022"
down_revision = "0021"

REMINDERS = """
create table reminders (
    id bigint generated always as identity primary key,
    kind text not null constraint reminders_kind_known check (kind in ('held', 'reported', 'appeal', 'request')),
    -- The item of the queue, the appeal or the request.
    target_id bigint not null,
    -- What waits again, or for its next step, is due at another moment: its reminders begin anew.
    due_at timestamptz not null,
    -- 0 when the time was over, 1 after a day, and so on.
    step int not null,
    board_id bigint not null constraint reminders_board references boards,
    -- How many people heard of it.
    told int not null,
    reminded_at timestamptz not null,
    constraint reminders_once unique (kind, target_id, due_at, step)
);
create index reminders_newest on reminders (reminded_at desc);
"""


def upgrade() -> None:
    op.script(REMINDERS)
