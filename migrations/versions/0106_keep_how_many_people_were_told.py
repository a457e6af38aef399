"""Keep how many people a published digest was told to have, before names of a part of them are deleted."""

from alembic import op

revision = "0106"
down_revision = "0104"


def upgrade() -> None:
    # By digest, and there by part: the whole, each group, each channel.
    op.execute("alter table forgotten_submitters add column people jsonb not null default '{}'")
