"""Let whoever submitted withdraw it until the period ends: the record stays, and the words are considered nowhere."""

from alembic import op

revision = "0033"
down_revision = "0032"

WITHDRAWALS = """
create table submission_withdrawals (
    submission_id bigint primary key constraint submission_withdrawals_submission references submissions,
    withdrawn_at timestamptz not null,
    sha256 text not null
);
create trigger submission_withdrawals_immutable before update or delete on submission_withdrawals
    for each row execute function refuse_change();
create trigger submission_withdrawals_kept before truncate on submission_withdrawals
    for each statement execute function refuse_change();
create view standing_submissions as
    select * from submissions s
    where not exists (select from submission_withdrawals w where w.submission_id = s.id);
"""


def upgrade() -> None:
    op.script(WITHDRAWALS)
