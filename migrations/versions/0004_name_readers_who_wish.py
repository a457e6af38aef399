"""Name readers who wish to be named: nobody is until they say so."""

from alembic import op

revision = "0004"
down_revision = "0003"

WISH = """
alter table accounts add column named_while_reading boolean not null default false;
"""


def upgrade() -> None:
    op.script(WISH)
