"""Find words in posts: what readers see, folded, and every two characters that follow each other in it.

No extension is needed. A generated column and an index fill themselves, also under a process of the release before.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

# Width, compatibility forms and case made equal, runs of white space one space. PostgreSQL folds case fully from
# version 18 on; before that, lower case is what the database's locale knows of it.
FOLDED = """
do $do$
begin
    execute format(
        $sql$
        create function folded(words text) returns text language sql immutable strict parallel safe
        return btrim(regexp_replace(normalize(%s, nfkc), '\\s+', ' ', 'g'))
        $sql$,
        case when current_setting('server_version_num')::int >= 180000
            then 'casefold(normalize(words, nfkc) collate pg_unicode_fast)'
            else 'lower(normalize(words, nfkc))' end);
end $do$;
"""

SHOWN = """
-- The text of a post's HTML: the sanitiser leaves these four entities and no > inside a tag.
create function shown(html text) returns text language sql immutable strict parallel safe
return replace(replace(replace(replace(regexp_replace(html, '<[^>]*>', '', 'g'),
    '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&');

-- Dear, and the planner should know: it is computed for the index, and not for every row that is looked at.
create function bigrams(words text) returns text[] language sql immutable strict parallel safe cost 1000
return (
    select coalesce(array_agg(distinct pair), '{}') from (
        select letter || lead(letter) over (order by place) as pair
        from string_to_table(words, null) with ordinality as letters (letter, place)
    ) pairs where pair is not null
);

alter table posts add column words text generated always as (folded(shown(html))) stored;
create index posts_by_bigram on posts using gin (bigrams(words)) where state = 'visible';

-- Titles are few: looking at all of them is fast enough.
alter table topics add column words text generated always as (folded(title)) stored;
"""


def upgrade() -> None:
    op.script(FOLDED)
    op.script(SHOWN)
