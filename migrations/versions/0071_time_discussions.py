"""Time-boxed discussions: a row of phases until a day. Every version of it stays; the topic holds the newest."""

from alembic import op

revision = "0071"
down_revision = "0070"

TIMETABLES = """
create table timetables (
    id bigint generated always as identity primary key,
    topic_id bigint not null constraint timetables_topic references topics,
    number int not null constraint timetables_number check (number > 0),
    -- Set up, changed before its end, gone on to the next phase before its day, or prolonged after its end.
    act text not null constraint timetables_act_known check (act in ('planned', 'changed', 'moved_on', 'prolonged')),
    -- [{name, asks, begins, ends}], the first first.
    phases jsonb not null constraint timetables_phases check (jsonb_array_length(phases) > 0),
    words text not null,
    by_id bigint not null constraint timetables_by references accounts,
    made_at timestamptz not null,
    sha256 text not null,
    constraint timetables_once unique (topic_id, number)
);
create trigger timetables_immutable before update or delete on timetables for each row execute function refuse_change();
create trigger timetables_kept before truncate on timetables for each statement execute function refuse_change();

alter table topics add column timetable jsonb,
    -- The first moment that is too late, and the last beginning or end of a phase that was told.
    add column closes_at timestamptz,
    add column turned_at timestamptz,
    add constraint topics_timetable check ((timetable is null) = (closes_at is null));
create index topics_timed on topics (closes_at) where closes_at is not null;
"""


def upgrade() -> None:
    op.script(TIMETABLES)
