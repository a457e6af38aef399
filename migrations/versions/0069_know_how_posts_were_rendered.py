"""Know how posts were rendered: which edition of the markup made the HTML of each; 0 where nobody said.

A process of the release before says nothing: what it writes is rendered anew.
"""

from alembic import op

revision = "0069"
down_revision = "0068"

EDITION = """
alter table posts add column edition smallint not null default 0;

-- What a post shows rests on its newest revision and on its masks. When they change, whoever renders it says how afterwards.
create function forget_edition() returns trigger language plpgsql as $$
begin
    new.edition := 0;
    return new;
end $$;
create trigger posts_rendered_otherwise before update of revision_id on posts for each row
    when (old.revision_id is not null and new.revision_id is distinct from old.revision_id)
    execute function forget_edition();

create function forget_edition_of_masked_post() returns trigger language plpgsql as $$
begin
    update posts set edition = 0 where id = new.post_id;
    return null;
end $$;
create trigger masks_rendered_otherwise after insert or update of lifted_by on masks for each row
    execute function forget_edition_of_masked_post();
"""


def upgrade() -> None:
    op.script(EDITION)
