"""Residents propose themes: topics that begin when enough people support them."""

from alembic import op

revision = "0081"
down_revision = "0080"

THEMES = """
-- It is on no list of topics, and nobody answers it, until it is opened.
alter table topics add column proposed boolean not null default false,
    add column opened_at timestamptz;

create table theme_proposals (
    topic_id bigint primary key constraint theme_proposals_topic references topics,
    -- So many people, as the town said when it was proposed.
    needs int not null constraint theme_proposals_needs check (needs > 1),
    -- The first moment that is too late.
    ends_at timestamptz not null,
    -- How many supported it when it was opened; who they were is forgotten.
    supported int
);
create index theme_proposals_waiting on theme_proposals (ends_at) where supported is null;

create table theme_supports (
    topic_id bigint not null constraint theme_supports_theme references theme_proposals,
    account_id bigint not null constraint theme_supports_account references accounts,
    supported_at timestamptz not null,
    constraint theme_supports_once primary key (topic_id, account_id)
);
create index theme_supports_of_account on theme_supports (account_id);
"""


def upgrade() -> None:
    op.script(THEMES)
