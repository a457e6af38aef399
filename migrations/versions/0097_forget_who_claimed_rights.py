"""Who asked that something be hidden is deleted when the time for keeping it is over, on record."""

from alembic import op

revision = "0097"
down_revision = "0096"

FORGETTING = """
alter table rights_requests alter column sealed drop not null;
drop trigger rights_requests_immutable on rights_requests;
create trigger rights_requests_not_deleted before delete on rights_requests for each row execute function refuse_change();
-- Everything but the person stays as it was received, and an envelope that is gone stays gone.
create trigger rights_requests_immutable before update on rights_requests for each row
    when (new.sealed is not null or old.sealed is null or to_jsonb(old) - 'sealed' is distinct from to_jsonb(new) - 'sealed')
    execute function refuse_change();

create table forgotten_claimants (
    request_id bigint primary key constraint forgotten_claimants_request references rights_requests,
    -- The hash of what was deleted, which the hash of the request holds.
    envelope text not null,
    -- How long after the decision.
    kept_days int not null,
    forgotten_at timestamptz not null,
    sha256 text not null
);
create trigger forgotten_claimants_immutable before update or delete on forgotten_claimants
    for each row execute function refuse_change();
create trigger forgotten_claimants_kept before truncate on forgotten_claimants
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(FORGETTING)
