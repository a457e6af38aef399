"""Find other spellings: how words are spelt here, by what they are; what was written by a day; titles by their letters.

The list of spellings is empty at first: a job reads what was written, and until then words are found as they are typed.
"""

from alembic import op

revision = "0051"
down_revision = "0050"

SPELLINGS = """
-- Words of the dictionary and how posts spell them; which post does is not kept.
create table spellings (
    key text not null,
    spelling text not null,
    constraint spellings_pkey primary key (key, spelling)
);
-- The last revision that was read for them.
create table spellings_read (revision_id bigint not null);
insert into spellings_read values (0);
"""
# The same pairs, made in less than half the time; an index sorts them and drops doubles by itself.
BIGRAMS = """
create or replace function bigrams(words text) returns text[] language sql immutable strict parallel safe cost 1000
return (
    select coalesce(array_agg(letter || following), '{}')
    from unnest(string_to_array(words, null), (string_to_array(words, null))[2:]) as pairs (letter, following)
    where following is not null
);
"""
INDEXES = """
create index topics_by_bigram on topics using gin (bigrams(words)) where state = 'visible';
create index posts_by_time on posts (created_at);
"""


def upgrade() -> None:
    op.script(SPELLINGS)
    op.script(BIGRAMS)
    op.script(INDEXES)
