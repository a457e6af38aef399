"""Change the name and the address of an account: what it was called before, and the way back to an address for some days."""

from alembic import op

revision = "0086"
down_revision = "0085"

CHANGES = """
create table former_names (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint former_names_account references accounts,
    pen_name text not null,
    pen_name_key text not null,
    until timestamptz not null
);
create index former_names_by_account on former_names (account_id, id);
create index former_names_by_key on former_names (pen_name_key);
create table address_changes (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint address_changes_account references accounts,
    -- The address that the account had before.
    email text not null,
    changed_at timestamptz not null,
    undone_at timestamptz
);
create index address_changes_by_account on address_changes (account_id, id);
"""


def upgrade() -> None:
    op.script(CHANGES)
