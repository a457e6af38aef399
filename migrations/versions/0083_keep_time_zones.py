"""Keep the zone in which an account reads times; without one it is the town's."""

from alembic import op

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    op.script("alter table accounts add column time_zone text;")
