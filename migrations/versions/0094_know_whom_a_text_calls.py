"""Keep with the words of a post the names that they call without brackets: who there is changes, and what is shown does not."""

from alembic import op

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    # Folded. A process of the release before calls nobody in this way.
    op.script("alter table revisions add column called text[] not null default '{}'")
