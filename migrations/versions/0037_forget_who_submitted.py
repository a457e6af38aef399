"""Forget who submitted: the envelope goes, and the key that counts people becomes one that leads to nobody."""

from alembic import op

revision = "0037"
down_revision = "0036"

FORGETTING = """
alter table submissions alter column sealed drop not null;
drop trigger submissions_immutable on submissions;
create trigger submissions_kept before delete on submissions for each row execute function refuse_change();
-- Everything but the person stays as it was received, and an envelope that is gone stays gone.
create trigger submissions_immutable before update on submissions for each row
    when (old.sealed is null or new.sealed is not null
        or to_jsonb(old) - 'sealed' - 'person_key' is distinct from to_jsonb(new) - 'sealed' - 'person_key')
    execute function refuse_change();

create table forgotten_submitters (
    consultation_id bigint primary key constraint forgotten_submitters_consultation references consultations,
    -- How many envelopes there were, and how long after the end they went.
    envelopes int not null,
    kept_days int not null,
    forgotten_at timestamptz not null,
    sha256 text not null
);
create trigger forgotten_submitters_immutable before update or delete on forgotten_submitters
    for each row execute function refuse_change();
create trigger forgotten_submitters_kept before truncate on forgotten_submitters
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(FORGETTING)
