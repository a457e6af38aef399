"""List events, courses and groups of the town."""

from alembic import op

revision = "0062"
down_revision = "0061"

COMMUNITY = """
create table occasions (
    id bigint generated always as identity primary key,
    kind text not null constraint occasions_kind_known check (kind in ('event', 'course')),
    title text not null,
    starts_at timestamptz not null,
    ends_at timestamptz constraint occasions_end check (ends_at > starts_at),
    place text not null,
    host text not null,
    about text not null,
    link text not null,
    -- Called off; it stays, so that calendars that have it hear of it.
    cancelled boolean not null default false,
    version int not null default 0,
    entered_by bigint not null constraint occasions_entered_by references accounts,
    section_id bigint constraint occasions_section references sections,
    changed_at timestamptz not null
);
create index occasions_to_come on occasions (coalesce(ends_at, starts_at));

create table citizen_groups (
    id bigint generated always as identity primary key,
    name text not null,
    about text not null,
    contact text not null,
    link text not null,
    unlisted boolean not null default false,
    version int not null default 0,
    entered_by bigint not null constraint citizen_groups_entered_by references accounts,
    changed_at timestamptz not null
);
create index city_answer_steps_said on city_answer_steps (made_at) where post_id is not null;
"""


def upgrade() -> None:
    op.script(COMMUNITY)
