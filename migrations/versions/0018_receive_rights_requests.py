"""Receive requests of people whose rights a post may infringe, with every step and every look at who asked. None may change."""

from alembic import op

revision = "0018"
down_revision = "0017"

REQUESTS = """
create table rights_requests (
    id bigint generated always as identity primary key,
    receipt text not null constraint rights_requests_receipt unique,
    post_id bigint not null constraint rights_requests_post references posts,
    revision_id bigint not null constraint rights_requests_revision references revisions,
    infringed text not null constraint rights_requests_right_known
        check (infringed in ('privacy', 'honour', 'portrait', 'copyright', 'other')),
    -- A candidate in an election that runs: the author has two days instead of seven.
    candidate boolean not null,
    words text not null,
    reason text not null,
    -- Name and contact, encrypted; every opening is a row of rights_looks.
    sealed bytea not null,
    filed_at timestamptz not null,
    sha256 text not null
);
create index rights_requests_of_post on rights_requests (post_id);
create table rights_steps (
    id bigint generated always as identity primary key,
    request_id bigint not null constraint rights_steps_request references rights_requests,
    number int not null,
    kind text not null constraint rights_steps_kind_known
        check (kind in ('asked', 'consented', 'objected', 'granted', 'refused', 'gone', 'reminded')),
    account_id bigint constraint rights_steps_account references accounts,
    body text not null,
    -- Until when the author was asked to answer.
    due_at timestamptz,
    decision_id bigint constraint rights_steps_decision references decisions,
    taken_at timestamptz not null,
    -- Covers the step before, or the request.
    sha256 text not null,
    constraint rights_steps_in_order unique (request_id, number)
);
create unique index rights_steps_once on rights_steps (request_id, kind) where kind <> 'reminded';
create index rights_steps_of_decision on rights_steps (decision_id);
create table rights_looks (
    id bigint generated always as identity primary key,
    request_id bigint not null constraint rights_looks_request references rights_requests,
    account_id bigint not null constraint rights_looks_account references accounts,
    reason text not null,
    looked_at timestamptz not null
);
"""

KEPT = "".join(
    f"create trigger {table}_immutable before update or delete on {table}"
    " for each row execute function refuse_change();\n"
    f"create trigger {table}_kept before truncate on {table} for each statement execute function refuse_change();\n"
    for table in ("rights_requests", "rights_steps", "rights_looks")
)

LOG = "insert into acts (act, about) values ('keep', 'request')"


def upgrade() -> None:
    for part in (REQUESTS, KEPT, LOG):
        op.script(part)
