"""Finds the title of a topic by its hash, as every other record is found."""

from alembic import op

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    op.execute("create index topics_by_hash on topics (sha256)")
