"""Keep every version of a draft plan that people can answer to, and to which one a submission speaks."""

from alembic import op

revision = "0048"
down_revision = "0047"

VERSIONS = """
create table plan_versions (
    consultation_id bigint not null constraint plan_versions_consultation references consultations,
    -- Of one consultation: 1, 2, 3 … without gaps. The first is what the period began with.
    number int not null,
    -- [{heading, body}, …] in order.
    sections jsonb not null,
    reason text not null,
    made_by bigint constraint plan_versions_by references accounts,
    made_at timestamptz not null,
    -- Holds the hash of the version before.
    sha256 text not null,
    constraint plan_versions_once primary key (consultation_id, number),
    constraint plan_versions_reason_given check ((number = 1) = (reason = '') and (number = 1) = (made_by is null))
);
create trigger plan_versions_immutable before update or delete on plan_versions
    for each row execute function refuse_change();
create trigger plan_versions_kept before truncate on plan_versions
    for each statement execute function refuse_change();
create index plan_versions_by_hash on plan_versions (sha256);

create table submission_passages (
    submission_id bigint not null constraint submission_passages_submission references submissions,
    plan_version int not null,
    -- The number of a passage in its section; null for the section, or the plan, as a whole.
    passage int,
    sha256 text not null,
    constraint submission_passages_once primary key (submission_id)
);
create trigger submission_passages_immutable before update or delete on submission_passages
    for each row execute function refuse_change();
create trigger submission_passages_kept before truncate on submission_passages
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(VERSIONS)
