"""Keep the views of the queue that moderators save: a name for a set of filters."""

from alembic import op

revision = "0014"
down_revision = "0013"

VIEWS = """
create table queue_views (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint queue_views_account references accounts on delete cascade,
    name text not null,
    -- The filters, as the address of the queue carries them.
    filters text not null,
    constraint queue_views_name_unique unique (account_id, name)
);
-- How often somebody's earlier reports were confirmed.
create index reports_of_reporter on reports (reporter_id) where settled_by is not null;
"""


def upgrade() -> None:
    op.script(VIEWS)
