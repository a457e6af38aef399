"""Keep files: what was uploaded, by whom, and which posts and other things use it. The bytes lie elsewhere."""

from alembic import op

revision = "0050"
down_revision = "0049"

FILES = """
create table files (
    id bigint generated always as identity primary key,
    -- Null: somebody without an account sent it.
    account_id bigint constraint files_account references accounts,
    -- Of the bytes that are kept, which are not those that were sent: pictures are made anew.
    sha256 text not null constraint files_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
    kind text not null constraint files_kind
        check (kind in ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
    bytes int not null,
    width int,
    height int,
    -- The smaller picture beside it; null where the picture itself is no bigger.
    small_sha256 text,
    small_bytes int,
    -- As its owner called it.
    name text not null,
    -- Where the bytes lie in the storage.
    key text not null constraint files_key unique,
    created_at timestamptz not null,
    constraint files_once unique (account_id, sha256),
    constraint files_size check (num_nonnulls(width, height) = case when kind = 'application/pdf' then 0 else 2 end)
);
create index files_sha256_index on files (sha256);
create index files_created_at on files (created_at);

create table file_uses (
    file_id bigint not null constraint file_uses_file references files,
    -- What uses it: a post, and its id.
    used_by text not null,
    subject_id bigint not null,
    constraint file_uses_once primary key (file_id, used_by, subject_id)
);
create index file_uses_subject on file_uses (used_by, subject_id);
create trigger file_uses_immutable before update or delete on file_uses
    for each row execute function refuse_change();
create trigger file_uses_kept before truncate on file_uses for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(FILES)
