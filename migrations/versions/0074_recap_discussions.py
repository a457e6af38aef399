"""Facilitators sum up a discussion in a post of their own; the newest that everybody may read stands at its head."""

from alembic import op

revision = "0074"
down_revision = "0073"

RECAPS = """
alter table posts add column recap boolean not null default false;
create index posts_recap on posts (topic_id, number) where recap;
"""


def upgrade() -> None:
    op.script(RECAPS)
