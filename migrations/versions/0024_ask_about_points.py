"""Ask residents about the points of a published digest, and keep the map that is drawn of their answers."""

from alembic import op

revision = "0024"
down_revision = "0023"

MAPS = """
create table maps (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint maps_digest references digests constraint maps_one_per_digest unique,
    opened_by bigint not null constraint maps_opener references accounts,
    opened_at timestamptz not null,
    closes_at timestamptz not null,
    -- Once it is drawn: one text for each person, without names and in no order that tells of anybody.
    answers jsonb,
    manifest jsonb,
    outcome jsonb,
    drawn_at timestamptz,
    sha256 text,
    constraint maps_period check (opened_at < closes_at),
    constraint maps_drawn_whole check (num_nulls(answers, manifest, outcome, drawn_at, sha256) in (0, 5))
);

create table map_points (
    id bigint generated always as identity primary key,
    map_id bigint not null constraint map_points_map references maps,
    position int not null,
    group_id bigint not null constraint map_points_group references opinion_groups,
    statement text not null,
    -- How much it should be asked next; computed anew every hour.
    priority double precision not null,
    constraint map_points_position_unique unique (map_id, position)
);

-- Who answered what, as long as the map is open; deleted when it is drawn.
create table stances (
    point_id bigint not null constraint stances_point references map_points,
    account_id bigint not null constraint stances_account references accounts,
    stance smallint not null constraint stances_known check (stance in (-1, 0, 1)),
    answered_at timestamptz not null,
    primary key (point_id, account_id)
);
create index stances_of_account on stances (account_id);
"""


def upgrade() -> None:
    op.script(MAPS)
