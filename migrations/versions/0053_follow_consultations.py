"""Let residents follow consultations, and remember what time alone has brought and was told."""

from alembic import op

revision = "0053"
down_revision = "0052"

FOLLOWERS = """
create table consultation_followers (
    account_id bigint not null constraint consultation_followers_account references accounts,
    -- Null for every consultation of the town.
    consultation_id bigint constraint consultation_followers_consultation references consultations,
    followed_at timestamptz not null,
    constraint consultation_followers_once unique nulls not distinct (account_id, consultation_id)
);
create index consultation_followers_of on consultation_followers (consultation_id);

-- That a period began, ends soon, or ended, by the hour at which it does: another end is told anew.
create table consultation_calls (
    consultation_id bigint not null constraint consultation_calls_consultation references consultations,
    act text not null constraint consultation_calls_act_known check (act in ('open', 'soon', 'closed')),
    due_at timestamptz not null,
    told_at timestamptz not null,
    constraint consultation_calls_once primary key (consultation_id, act, due_at)
);
"""


def upgrade() -> None:
    op.script(FOLLOWERS)
