"""Moving and pinning a topic are acts on record, too."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.script("insert into acts (act, about) values ('move', 'topic'), ('pin', 'topic'), ('unpin', 'topic')")
