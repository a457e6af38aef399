"""Find own posts that wait: what somebody wrote and nobody else can read yet, however much else they wrote."""

from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.script("create index posts_held_of_author on posts (author_id) where state = 'held'")
