"""What models were asked for a digest, word for word, and what they answered."""

from alembic import op

revision = "0084"
down_revision = "0083"

SUGGESTIONS = """
create table suggestions (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint suggestions_digest references digests,
    -- A name and a summary of one group, or which of several groups mean the like.
    kind text not null constraint suggestions_kind_known check (kind in ('words', 'likeness')),
    -- Those of the desk when it was asked: they may be gone, and come back.
    groups bigint[] not null,
    -- Whose words are in the prompt.
    revisions bigint[] not null,
    submissions bigint[] not null,
    host text not null,
    model text not null,
    -- The body of the request, as it is sent.
    prompt text not null,
    asked_by bigint not null constraint suggestions_asked_by references accounts,
    asked_at timestamptz not null,
    sha256 text not null,
    -- What came back, and what was read from it; or why nothing did.
    answer text,
    found jsonb,
    failure text,
    status int,
    answered_at timestamptz,
    answer_sha256 text,
    constraint suggestions_answer check (num_nonnulls(answered_at, answer_sha256) in (0, 2)),
    constraint suggestions_found check (answered_at is null or (found is null) = (failure is not null))
);
create index suggestions_of_digest on suggestions (digest_id, id);

create function answer_suggestion_once() returns trigger language plpgsql as $$
declare
    answers constant text[] = array['answer', 'found', 'failure', 'status', 'answered_at', 'answer_sha256'];
begin
    if tg_op = 'DELETE' or old.answered_at is not null or to_jsonb(new) - answers <> to_jsonb(old) - answers then
        raise exception 'suggestions are answered once, and never change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger suggestions_immutable before update or delete on suggestions
    for each row execute function answer_suggestion_once();
create trigger suggestions_kept before truncate on suggestions for each statement execute function refuse_change();

-- Whether a part of a post was masked after this moment, and still is.
create function masked_since(which bigint, moment timestamptz) returns boolean language sql stable
return exists (
    select from masks m join decisions d on d.id = m.set_by
    where m.post_id = which and m.lifted_by is null and d.decided_at >= moment
);
"""


def upgrade() -> None:
    op.script(SUGGESTIONS)
