"""Record every change of an announced consultation: a longer or shorter period, and that it was given up."""

from alembic import op

revision = "0028"
down_revision = "0027"

CHANGES = """
create table consultation_changes (
    id bigint generated always as identity primary key,
    consultation_id bigint not null constraint consultation_changes_consultation references consultations,
    -- Of one consultation: 1, 2, 3 … without gaps.
    number int not null,
    act text not null constraint consultation_changes_act_known check (act in ('extend', 'close', 'skip', 'withdraw')),
    -- When the period ended before the change, and when it ends with it.
    closed_at timestamptz not null,
    closes_at timestamptz not null,
    reason text not null constraint consultation_changes_reason_given check (reason <> ''),
    made_by bigint not null constraint consultation_changes_author references accounts,
    made_at timestamptz not null,
    -- Holds the hash of the change before.
    sha256 text not null,
    constraint consultation_changes_number_unique unique (consultation_id, number)
);
create trigger consultation_changes_immutable before update or delete on consultation_changes
    for each row execute function refuse_change();
create trigger consultation_changes_kept before truncate on consultation_changes
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(CHANGES)
