"""Record which submissions arrived after the period, and whether they are considered, with the reason."""

from alembic import op

revision = "0030"
down_revision = "0029"

LATE = """
create table late_submissions (
    submission_id bigint primary key constraint late_submissions_submission references submissions,
    considered boolean not null,
    reason text not null constraint late_submissions_reason_given check (reason <> ''),
    entered_by bigint not null constraint late_submissions_clerk references accounts,
    entered_at timestamptz not null,
    sha256 text not null
);
create trigger late_submissions_immutable before update or delete on late_submissions
    for each row execute function refuse_change();
create trigger late_submissions_kept before truncate on late_submissions
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(LATE)
