"""Put on record who looked at the name and the address of a submitter, when and why: one chain for the whole town."""

from alembic import op

revision = "0045"
down_revision = "0044"

LOOKS = """
create table submitter_looks (
    number bigint primary key,
    submission_id bigint not null constraint submitter_looks_submission references submissions,
    account_id bigint not null constraint submitter_looks_account references accounts,
    reason text not null,
    looked_at timestamptz not null,
    -- Covers the look before.
    sha256 text not null
);
create index submitter_looks_of_submission on submitter_looks (submission_id);
create trigger submitter_looks_immutable before update or delete on submitter_looks
    for each row execute function refuse_change();
create trigger submitter_looks_kept before truncate on submitter_looks
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(LOOKS)
