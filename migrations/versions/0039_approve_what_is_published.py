"""Approve what is published: whether the town asks for a second person, what was proposed, and who approved exactly what."""

from alembic import op

revision = "0039"
down_revision = "0038"

APPROVALS = """
create table approval_switches (
    id bigint generated always as identity primary key,
    -- Whether the town asks for two people from then on: the newest row says so.
    asks boolean not null,
    reason text not null,
    switched_by bigint not null constraint approval_switches_by references accounts,
    switched_at timestamptz not null,
    sha256 text not null
);
create trigger approval_switches_immutable before update or delete on approval_switches
    for each row execute function refuse_change();
create trigger approval_switches_kept before truncate on approval_switches
    for each statement execute function refuse_change();

create table approvals (
    id bigint generated always as identity primary key,
    kind text not null constraint approvals_kind_known check (kind in ('digest', 'consultation')),
    -- A digest or a consultation.
    subject_id bigint not null,
    -- The hash that it would be published with.
    content text not null,
    note text not null,
    asked_by bigint not null constraint approvals_by references accounts,
    asked_at timestamptz not null,
    sha256 text not null,
    outcome text constraint approvals_outcome_known check (outcome in ('confirmed', 'declined', 'overtaken')),
    ended_by bigint constraint approvals_ended_by references accounts,
    answer text,
    ended_at timestamptz,
    end_sha256 text,
    constraint approvals_second check (outcome not in ('confirmed', 'declined') or ended_by <> asked_by),
    constraint approvals_end check (num_nonnulls(outcome, ended_by, answer, ended_at, end_sha256) in (0, 5))
);
create unique index approvals_open on approvals (kind, subject_id) where outcome is null;
create index approvals_of_subject on approvals (kind, subject_id);

create function end_approval_once() returns trigger language plpgsql as $$
declare
    ends constant text[] = array['outcome', 'ended_by', 'answer', 'ended_at', 'end_sha256'];
begin
    if tg_op = 'DELETE' or old.outcome is not null or to_jsonb(new) - ends <> to_jsonb(old) - ends then
        raise exception 'approvals end once, and never change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger approvals_immutable before update or delete on approvals
    for each row execute function end_approval_once();
create table approval_uses (
    approval_id bigint not null constraint approval_uses_approval references approvals,
    -- The hash with which it was published in the end.
    published text not null,
    used_at timestamptz not null,
    sha256 text not null,
    constraint approval_uses_once primary key (approval_id)
);
create trigger approval_uses_immutable before update or delete on approval_uses
    for each row execute function refuse_change();
create trigger approval_uses_kept before truncate on approval_uses for each statement execute function refuse_change();
create trigger approvals_kept before truncate on approvals for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(APPROVALS)
