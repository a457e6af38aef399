"""Answers in plain Japanese and in English; each says of which words it is, so that it shows when those changed."""

from alembic import op

revision = "0042"
down_revision = "0041"

VARIANTS = """
create table answer_variants (
    group_id bigint not null,
    language text not null constraint answer_variants_language_known check (language in ('plain', 'en')),
    number int not null,
    body text not null,
    -- The hash of the words that were put into this language.
    source_sha256 text not null,
    written_by bigint not null constraint answer_variants_by references accounts,
    written_at timestamptz not null,
    primary key (group_id, language, number)
)
"""


def upgrade() -> None:
    op.execute(VARIANTS)
