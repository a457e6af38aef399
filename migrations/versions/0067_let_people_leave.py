"""Let people leave: what they chose, when it is carried out, and that it was."""

from alembic import op

revision = "0067"
down_revision = "0066"

LEAVING = """
alter table accounts
    -- What goes: the account, the posts, or both. Until `leaves_at` it can be taken back; null: nothing goes.
    add column leaving text constraint accounts_leaving_known check (leaving in ('account', 'posts', 'both')),
    add column leaves_at timestamptz,
    -- Since then the account is nobody's: no address, no password, no name.
    add column left_at timestamptz,
    add constraint accounts_leaving check (num_nonnulls(leaving, leaves_at) in (0, 2));
create index accounts_leaving_at on accounts (leaves_at) where leaves_at is not null;
"""


def upgrade() -> None:
    op.script(LEAVING)
