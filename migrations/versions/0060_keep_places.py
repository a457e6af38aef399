"""Keep places: how far somebody has read a topic, and the posts that they find again."""

from alembic import op

revision = "0060"
down_revision = "0059"

PLACES = """
create table read_marks (
    account_id bigint not null constraint read_marks_account references accounts,
    topic_id bigint not null constraint read_marks_topic references topics,
    -- Of the last post that was on the screen; it only ever grows.
    number int not null constraint read_marks_number check (number > 0),
    constraint read_marks_once primary key (account_id, topic_id)
);
create table bookmarks (
    account_id bigint not null constraint bookmarks_account references accounts,
    post_id bigint not null constraint bookmarks_post references posts,
    -- For its owner alone.
    note text not null default '',
    kept_at timestamptz not null,
    constraint bookmarks_once primary key (account_id, post_id)
);
create index bookmarks_of_account on bookmarks (account_id, kept_at desc, post_id desc);
"""


def upgrade() -> None:
    op.script(PLACES)
