"""Keep which groups answer an opinion, too, while it is cut away: undoing brings it back under its number."""

from alembic import op

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.execute("alter table further_answers drop constraint further_answers_opinion")
