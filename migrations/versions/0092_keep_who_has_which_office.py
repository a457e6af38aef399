"""Keep who was given which office, by whom and when."""

from alembic import op

revision = "0092"
down_revision = "0091"

APPOINTMENTS = """
create table appointments (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint appointments_account references accounts,
    -- Of an office on one board; a role in the whole room has none.
    board_id bigint constraint appointments_board references boards,
    office text not null,
    -- False: it was taken away.
    given boolean not null,
    section_id bigint constraint appointments_section references sections,
    -- Nobody: on the command line.
    made_by bigint constraint appointments_by references accounts,
    made_at timestamptz not null,
    sha256 text not null
);
create trigger appointments_immutable before update or delete on appointments for each row execute function refuse_change();
create trigger appointments_kept before truncate on appointments for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(APPOINTMENTS)
