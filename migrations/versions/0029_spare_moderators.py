"""Let reporters say that a post is hard to read, and moderators choose how they are spared. Nobody else sees what they chose."""

from alembic import op

revision = "0029"
down_revision = "0028"

CARE = """
alter table reports add column distressing boolean not null default false;
create table review_comforts (
    account_id bigint primary key constraint review_comforts_account references accounts on delete cascade,
    folded boolean not null,
    -- After so many minutes without a break, and so many distressing posts, one is proposed; 0: never.
    minutes int not null,
    posts int not null,
    -- When the last proposal was put away: what came before counts no more.
    rested_at timestamptz
);
"""


def upgrade() -> None:
    op.script(CARE)
