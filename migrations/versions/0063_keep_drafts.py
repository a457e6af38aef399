"""What people are writing and have not sent."""

from alembic import op

revision = "0063"
down_revision = "0062"

DRAFTS = """
create table drafts (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint drafts_account references accounts on delete cascade,
    -- Which form it belongs to: reply:12, topic:midori, edit:34.
    place text not null,
    -- Where that form is.
    url text not null,
    -- The fields as typed: name to values.
    typed jsonb not null,
    version integer not null,
    saved_at timestamptz not null
);
create index drafts_of_account on drafts (account_id, place, saved_at desc);
create index drafts_by_age on drafts (saved_at);
"""


def upgrade() -> None:
    op.script(DRAFTS)
