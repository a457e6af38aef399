"""The summary of a consultation in plain Japanese knows from which words it was made. Those that are there are taken to fit; of
what a process of the release before adds that is not known, and it is taken to fit as well."""

from alembic import op

revision = "0090"
down_revision = "0089"

SOURCES = """
alter table consultations add column plain_source_sha256 text not null default '';
update consultations set plain_source_sha256 = hex_sha256(format('{"body":%s}', to_json(summary))) where plain_summary <> '';
"""


def upgrade() -> None:
    op.script(SOURCES)
