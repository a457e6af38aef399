"""Topics bear tags of a list that the town keeps; a retired one stays where it is and is chosen no more."""

from alembic import op

revision = "0061"
down_revision = "0060"

TAGS = """
create table tags (
    id bigint generated always as identity primary key,
    slug text not null constraint tags_slug unique,
    name text not null constraint tags_name unique,
    name_en text not null,
    added_by bigint not null constraint tags_added_by references accounts,
    added_at timestamptz not null,
    retired_at timestamptz
);
create table topic_tags (
    topic_id bigint not null constraint topic_tags_topic references topics,
    tag_id bigint not null constraint topic_tags_tag references tags,
    chosen_by bigint not null constraint topic_tags_chosen_by references accounts,
    chosen_at timestamptz not null,
    constraint topic_tags_once primary key (topic_id, tag_id)
);
create index topic_tags_of_tag on topic_tags (tag_id, topic_id);
"""


def upgrade() -> None:
    op.script(TAGS)
