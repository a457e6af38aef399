"""Keep with every act at the desk of a digest what it changed, so that it can be undone and replayed."""

from alembic import op

revision = "0047"
down_revision = "0046"

CHANGES = """
-- Table, then row, then what stood there before and after. Null for acts before this was kept.
alter table digest_acts add column changes jsonb;
-- A submission that its author takes back leaves every draft without an act of the staff.
alter table digest_acts alter column account_id drop not null;
"""


def upgrade() -> None:
    op.script(CHANGES)
