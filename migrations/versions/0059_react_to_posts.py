"""React to posts: for or against, and in courtesy; and find the answers to a post."""

from alembic import op

revision = "0059"
down_revision = "0058"

REACTIONS = """
create table reactions (
    post_id bigint not null constraint reactions_post references posts,
    account_id bigint not null constraint reactions_account references accounts,
    kind text not null constraint reactions_kind check (kind in ('agree', 'disagree', 'insight', 'thanks')),
    reacted_at timestamptz not null,
    constraint reactions_once primary key (post_id, account_id, kind)
);
-- A stance is for or against; courtesy says nothing about it.
create unique index reactions_one_stance on reactions (post_id, account_id) where kind in ('agree', 'disagree');
create index reactions_of_account on reactions (account_id, post_id);
create index posts_answers on posts (reply_to_id, number) where reply_to_id is not null;
"""


def upgrade() -> None:
    op.script(REACTIONS)
