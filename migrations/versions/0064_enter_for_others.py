"""Let sections enter opinions that came by paper, phone or word of mouth."""

from alembic import op

revision = "0064"
down_revision = "0063"

ENTRIES = """
create table proxy_entries (
    post_id bigint constraint proxy_entries_post references posts primary key,
    channel text not null constraint proxy_entries_channel_known
        check (channel in ('post', 'fax', 'phone', 'counter', 'meeting')),
    section_id bigint not null constraint proxy_entries_section references sections,
    receipt text not null constraint proxy_entries_receipt_unique unique,
    received_on date not null,
    entered_by bigint not null constraint proxy_entries_entered_by references accounts,
    entered_at timestamptz not null,
    sha256 text not null
);
create trigger proxy_entries_immutable before update or delete on proxy_entries
    for each row execute function refuse_change();
create trigger proxy_entries_kept before truncate on proxy_entries
    for each statement execute function refuse_change();

-- Every later version of such a post was asked for by the person whose opinion it is.
create table proxy_corrections (
    revision_id bigint constraint proxy_corrections_revision references revisions primary key,
    because text not null,
    corrected_by bigint not null constraint proxy_corrections_by references accounts,
    corrected_at timestamptz not null,
    sha256 text not null
);
create trigger proxy_corrections_immutable before update or delete on proxy_corrections
    for each row execute function refuse_change();
create trigger proxy_corrections_kept before truncate on proxy_corrections
    for each statement execute function refuse_change();
"""


def upgrade() -> None:
    op.script(ENTRIES)
