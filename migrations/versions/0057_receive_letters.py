"""Which letters came in, so that one that is delivered again is not posted again."""

from alembic import op

revision = "0057"
down_revision = "0056"

LETTERS = """
create table letters (
    digest bytea primary key,
    received_at timestamptz not null
);
create index letters_by_age on letters (received_at);
"""


def upgrade() -> None:
    op.script(LETTERS)
