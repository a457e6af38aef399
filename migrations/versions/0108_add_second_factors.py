"""Adds second factors: a key that an authenticator app shares with the room, sealed together with the spare codes."""

from alembic import op

revision = "0108"
down_revision = "0107"

FACTORS = """
create table second_factors (
    account_id bigint constraint second_factors_pk primary key
        constraint second_factors_account_fk references accounts on delete cascade,
    sealed bytea not null,
    since timestamptz not null,
    -- The half minute of the last code: neither that one nor one before it is taken again.
    last_step bigint not null,
    -- Which code was taken last and from whom, as a hash: whoever presses twice sends it twice.
    last_use bytea,
    used_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(FACTORS)
