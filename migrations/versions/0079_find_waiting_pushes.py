"""Find what waits for devices without reading the whole inbox."""

from alembic import op

revision = "0079"
down_revision = "0078"


def upgrade() -> None:
    op.script("create index notifications_to_push on notifications (account_id) where push;")
