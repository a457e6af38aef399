"""Hear submitters without an account by their receipts, and give whoever comes in later a time of their own."""

from alembic import op

revision = "0065"
down_revision = "0064"

SUBMITTERS = """
alter table objections
    alter column account_id drop not null,
    add column submission_id bigint constraint objections_submission references submissions,
    add constraint objections_author_known check (num_nonnulls(account_id, submission_id) = 1),
    add constraint objections_once_a_receipt unique (digest_id, submission_id);

create table objection_times (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint objection_times_window references objection_windows,
    account_id bigint constraint objection_times_author references accounts,
    submission_id bigint constraint objection_times_submission references submissions,
    told_at timestamptz not null,
    -- The first moment that is too late for this author.
    closes_at timestamptz not null,
    sha256 text not null,
    constraint objection_times_author_known check (num_nonnulls(account_id, submission_id) = 1),
    constraint objection_times_once unique (digest_id, account_id),
    constraint objection_times_once_a_receipt unique (digest_id, submission_id)
);
create trigger objection_times_immutable before update or delete on objection_times
    for each row execute function refuse_change();
create trigger objection_times_kept before truncate on objection_times
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(SUBMITTERS)
