"""Ask sections about groups of opinions: questions with a day, their answers, and who was reminded when."""

from alembic import op

revision = "0034"
down_revision = "0033"

INQUIRIES = """
create table inquiries (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint inquiries_digest references digests,
    -- Of the group as it was called then. Groups come and go: what was asked about are the opinions, by their hashes.
    title text not null,
    opinions text[] not null,
    question text not null,
    -- None for an administrator without a section.
    from_section_id bigint constraint inquiries_from references sections,
    to_section_id bigint not null constraint inquiries_to references sections,
    asked_by bigint not null constraint inquiries_by references accounts,
    asked_at timestamptz not null,
    -- The first moment that is too late.
    due_at timestamptz not null,
    sha256 text not null,
    outcome text constraint inquiries_outcome_known check (outcome in ('answered', 'withdrawn')),
    ended_by bigint constraint inquiries_ended_by references accounts,
    -- Or why it was taken back.
    answer text,
    ended_at timestamptz,
    end_sha256 text,
    constraint inquiries_other_section check (from_section_id <> to_section_id),
    constraint inquiries_end check (num_nonnulls(outcome, ended_by, answer, ended_at, end_sha256) in (0, 5))
);
create index inquiries_of_digest on inquiries (digest_id);
create index inquiries_waiting on inquiries (due_at) where outcome is null;

create function end_inquiry_once() returns trigger language plpgsql as $$
declare
    ends constant text[] = array['outcome', 'ended_by', 'answer', 'ended_at', 'end_sha256'];
begin
    if tg_op = 'DELETE' or old.outcome is not null or to_jsonb(new) - ends <> to_jsonb(old) - ends then
        raise exception 'inquiries end once, and never change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger inquiries_immutable before update or delete on inquiries
    for each row execute function end_inquiry_once();
create trigger inquiries_kept before truncate on inquiries for each statement execute function refuse_change();

create table inquiry_reminders (
    inquiry_id bigint not null constraint inquiry_reminders_inquiry references inquiries,
    -- -1 before the day, 0 when it was over, 1 a day later, and so on.
    step int not null,
    told int not null,
    reminded_at timestamptz not null,
    constraint inquiry_reminders_once primary key (inquiry_id, step)
);
"""


def upgrade() -> None:
    op.script(INQUIRIES)
