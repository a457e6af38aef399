"""A category of answers may be retired: answers that have it keep it, and no new one gets it."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.execute("alter table response_categories add column retired_at timestamptz")
