"""What was submitted from a post that moderators took down is read by nobody who may not read that."""

from alembic import op

revision = "0093"
down_revision = "0092"

HIDDEN = """
-- Whether moderators took a post down: also one that they gave back to its author after it had been shown.
create function is_taken_down(state text, shown_at timestamptz) returns boolean language sql immutable
return state = 'hidden' or state = 'held' and shown_at is not null;

create function is_hidden(which bigint) returns boolean language sql stable
return exists (select from posts where id = which and is_taken_down(state, shown_at));
"""


def upgrade() -> None:
    op.script(HIDDEN)
