"""Take along everything that the room keeps about oneself: who asked, where the file lies, and until when."""

from alembic import op

revision = "0070"
down_revision = "0069"

TAKEOUTS = """
create table takeouts (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint takeouts_account references accounts,
    -- Under which the file lies where pictures lie.
    key text not null constraint takeouts_key unique,
    asked_at timestamptz not null,
    -- Null until the file is there.
    ready_at timestamptz,
    bytes bigint,
    -- Then the file goes, and this row.
    expires_at timestamptz not null,
    constraint takeouts_ready check (num_nonnulls(ready_at, bytes) in (0, 2))
);
create index takeouts_of_account on takeouts (account_id, id desc);
create index takeouts_by_end on takeouts (expires_at);
"""


def upgrade() -> None:
    op.script(TAKEOUTS)
