"""What was submitted from a post that moderators took down is read by nobody who may not read that."""

from alembic import op

revision = "0093"
down_revision = "0092"

HIDDEN = """
-- Whether moderators took a post down: also one that they gave back to its author after it had been shown.
create function is_hidden(which bigint) returns boolean language sql stable
return exists (select from posts where id = which and (state = 'hidden' or state = 'held' and shown_at is not null));

-- What became of the text from which an opinion was cut: of its post, or of the one that was submitted. A submission stands
-- apart from its post, but for what moderators do to that.
create function state_of(o opinions) returns text language sql stable
return coalesce(
    (select p.state from revisions r join posts p on p.id = r.post_id where r.id = o.revision_id),
    case when is_hidden(post_of(o)) then 'hidden' end,
    'visible');
"""


def upgrade() -> None:
    op.script(HIDDEN)
