"""Hear authors before a digest is published: the time for it, what they object, what is answered."""

from alembic import op

revision = "0043"
down_revision = "0042"

OBJECTIONS = """
create table objection_windows (
    digest_id bigint not null constraint objection_windows_digest references digests,
    opened_by bigint not null constraint objection_windows_by references accounts,
    opened_at timestamptz not null,
    -- The first moment that is too late.
    closes_at timestamptz not null,
    sha256 text not null,
    constraint objection_windows_once primary key (digest_id)
);
create trigger objection_windows_immutable before update or delete on objection_windows
    for each row execute function refuse_change();
create trigger objection_windows_kept before truncate on objection_windows
    for each statement execute function refuse_change();

create table objections (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint objections_window references objection_windows,
    account_id bigint not null constraint objections_author references accounts,
    words text not null,
    filed_at timestamptz not null,
    sha256 text not null,
    answer text,
    -- Whether the words are kept from the public for what they contain.
    withheld boolean,
    answered_by bigint constraint objections_answered_by references accounts,
    answered_at timestamptz,
    answer_sha256 text,
    constraint objections_once unique (digest_id, account_id),
    constraint objections_other check (answered_by <> account_id),
    constraint objections_answer
        check (num_nonnulls(answer, withheld, answered_by, answered_at, answer_sha256) in (0, 5))
);

create function answer_objection_once() returns trigger language plpgsql as $$
declare
    answers constant text[] = array['answer', 'withheld', 'answered_by', 'answered_at', 'answer_sha256'];
begin
    if tg_op = 'DELETE' or old.answer is not null or to_jsonb(new) - answers <> to_jsonb(old) - answers then
        raise exception 'objections are answered once, and never change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger objections_immutable before update or delete on objections
    for each row execute function answer_objection_once();
create trigger objections_kept before truncate on objections for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(OBJECTIONS)
