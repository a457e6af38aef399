"""Let only authors write: the database itself takes a version of a post from nobody else, whoever asks."""

from alembic import op

revision = "0013"
down_revision = "0012"

OWN_WORDS = """
create function refuse_words_of_others() returns trigger language plpgsql as $$
begin
    if new.author is distinct from (
        select a.pseudonym from posts p join accounts a on a.id = p.author_id where p.id = new.post_id
    ) then
        raise exception 'only its author writes a post' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger revisions_by_their_author before insert on revisions
    for each row execute function refuse_words_of_others();

-- What is shown is the newest of them, and one of this post.
create function refuse_older_words() returns trigger language plpgsql as $$
begin
    if new.revision_id is distinct from
        (select id from revisions where post_id = new.id order by number desc limit 1) then
        raise exception 'a post shows its newest version' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger posts_show_newest before update of revision_id on posts
    for each row execute function refuse_older_words();
"""


def upgrade() -> None:
    op.script(OWN_WORDS)
