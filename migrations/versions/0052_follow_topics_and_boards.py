"""Topics and boards that people watch, follow or do not want to hear of."""

from alembic import op

revision = "0052"
down_revision = "0051"

LEVELS = """
create table followed_topics (
    topic_id bigint not null constraint followed_topics_topic references topics on delete cascade,
    account_id bigint not null constraint followed_topics_account references accounts on delete cascade,
    level text not null constraint followed_topics_level_known check (level in ('watch', 'follow', 'mute')),
    -- Whether the person chose it, or it came with writing in the topic.
    chosen boolean not null,
    primary key (topic_id, account_id)
);
create table followed_boards (
    board_id bigint not null constraint followed_boards_board references boards on delete cascade,
    account_id bigint not null constraint followed_boards_account references accounts on delete cascade,
    level text not null constraint followed_boards_level_known check (level in ('watch', 'mute')),
    primary key (board_id, account_id)
);
"""


def upgrade() -> None:
    op.script(LEVELS)
