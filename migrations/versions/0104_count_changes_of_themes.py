"""Counts how often the supporters of a theme changed: a number that never returns, where how many there are does."""

from alembic import op

revision = "0104"
down_revision = "0103"


def upgrade() -> None:
    op.execute("alter table theme_proposals add changes bigint not null default 0")
