"""Polls in topics: a question with options until a day, one ballot of each person until then, and afterwards only the result."""

from alembic import op

revision = "0068"
down_revision = "0067"

POLLS = """
create table polls (
    id bigint generated always as identity primary key,
    topic_id bigint not null constraint polls_topic references topics,
    question text not null,
    kind text not null constraint polls_kind_known check (kind in ('single', 'multiple', 'ranked')),
    options text[] not null constraint polls_options check (cardinality(options) between 2 and 10),
    -- Whether everybody sees the counts while it is open.
    live boolean not null,
    opened_by bigint not null constraint polls_opened_by references accounts,
    opened_at timestamptz not null,
    -- The first moment that is too late.
    closes_at timestamptz not null constraint polls_time check (closes_at > opened_at)
);
create index polls_of_topic on polls (topic_id, id);
create index polls_by_end on polls (closes_at);
create trigger polls_immutable before update or delete on polls for each row execute function refuse_change();
create trigger polls_kept before truncate on polls for each statement execute function refuse_change();

-- Who answered what: kept until the result is written down.
create table ballots (
    poll_id bigint not null constraint ballots_poll references polls,
    account_id bigint not null constraint ballots_account references accounts,
    -- For each option its rank, 0 for none; a choice without ranks is a 1.
    ranks int[] not null,
    cast_at timestamptz not null,
    constraint ballots_once primary key (poll_id, account_id)
);

create table poll_results (
    poll_id bigint primary key constraint poll_results_poll references polls,
    ballots int not null,
    counts int[] not null,
    -- For each option, how many put it before each other one, in rows; empty unless it is ranked.
    pairs int[] not null,
    places int[] not null,
    sealed_at timestamptz not null,
    sha256 text not null
);
create trigger poll_results_immutable before update or delete on poll_results
    for each row execute function refuse_change();
create trigger poll_results_kept before truncate on poll_results
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(POLLS)
