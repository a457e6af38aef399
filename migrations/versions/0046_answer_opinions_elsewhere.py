"""Let an opinion be answered by other groups, too, than the one in which it is counted."""

from alembic import op

revision = "0046"
down_revision = "0045"

FURTHER = """
-- The groups of a bench come and go while it is sorted; a row whose group is gone says nothing.
create table further_answers (
    opinion_id bigint not null constraint further_answers_opinion references opinions on delete cascade,
    group_id bigint not null,
    added_by bigint not null constraint further_answers_by references accounts,
    added_at timestamptz not null,
    primary key (opinion_id, group_id)
)
"""


def upgrade() -> None:
    op.execute(FURTHER)
