"""What became of an answer over the years: reports of the section, only ever added, each bound to the answer."""

from alembic import op

revision = "0041"
down_revision = "0040"


REPORTS = """
create table progress_reports (
    group_id bigint not null constraint progress_reports_group references opinion_groups,
    number int not null,
    status text not null constraint progress_reports_status_known
        check (status in ('planned', 'under_way', 'done', 'changed', 'given_up')),
    -- The fiscal year that it is about.
    year int not null,
    body text not null,
    reported_by bigint not null constraint progress_reports_by references accounts,
    reported_at timestamptz not null,
    sha256 text not null,
    primary key (group_id, number)
)
"""

IMMUTABLE = """
create trigger progress_reports_immutable before update or delete on progress_reports
    for each row execute function refuse_change()
"""


def upgrade() -> None:
    op.execute(REPORTS)
    op.execute(IMMUTABLE)
