"""Say who is looking at an item of the queue: for a while, and nobody is locked out by it."""

from alembic import op

revision = "0009"
down_revision = "0008"

CLAIMS = """
alter table review_items
    add column claimed_by bigint constraint review_items_claimed_by references accounts,
    add column claimed_until timestamptz,
    -- Who looked at it before the one who does now had taken it over.
    add column claimed_from bigint constraint review_items_claimed_from references accounts;

create function release_closed_item() returns trigger language plpgsql as $$
begin
    new.claimed_by = null;
    new.claimed_until = null;
    new.claimed_from = null;
    return new;
end $$;
create trigger review_items_released before update of open on review_items for each row
    when (old.open and not new.open) execute function release_closed_item();
"""


def upgrade() -> None:
    op.script(CLAIMS)
