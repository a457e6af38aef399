"""Record every change of the time in which residents answer the points of a digest."""

from alembic import op

revision = "0044"
down_revision = "0043"

CHANGES = """
create table map_changes (
    map_id bigint not null constraint map_changes_map references maps,
    -- Of one map: 1, 2, 3 … without gaps.
    number int not null,
    -- The first moment that is too late, before the change and with it.
    closed_at timestamptz not null,
    closes_at timestamptz not null,
    reason text not null constraint map_changes_reason_given check (reason <> ''),
    made_by bigint not null constraint map_changes_by references accounts,
    made_at timestamptz not null,
    -- Holds the hash of the change before.
    sha256 text not null,
    constraint map_changes_once primary key (map_id, number)
);
create trigger map_changes_immutable before update or delete on map_changes
    for each row execute function refuse_change();
create trigger map_changes_kept before truncate on map_changes
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(CHANGES)
