"""Adds residences: who has shown at a counter that they live in the town, and the number by which the clerk finds them."""

from alembic import op

revision = "0109"
down_revision = "0108"

NUMBERS = """
create table residence_numbers (
    account_id bigint constraint residence_numbers_pk primary key
        constraint residence_numbers_account_fk references accounts on delete cascade,
    number text not null constraint residence_numbers_number_unique unique,
    expires_at timestamptz not null
)
"""
RESIDENCES = """
create table residences (
    id bigint generated always as identity constraint residences_pk primary key,
    account_id bigint not null constraint residences_account_fk references accounts on delete cascade,
    verified_by bigint not null constraint residences_verified_by_fk references accounts,
    verified_at timestamptz not null,
    ended_by bigint constraint residences_ended_by_fk references accounts,
    ended_at timestamptz,
    reason text,
    constraint residences_ended_check check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (reason is null))
)
"""
ONE_EACH = "create unique index residences_one_each on residences (account_id) where ended_at is null"


def upgrade() -> None:
    for statement in (NUMBERS, RESIDENCES, ONE_EACH):
        op.execute(statement)
