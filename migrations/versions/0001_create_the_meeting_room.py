"""Create the meeting room: accounts, boards, posts, review, digests and consultations."""

from alembic import op

revision = "0001"
down_revision = None

ACCOUNTS = """
create table sections (
    id bigint generated always as identity primary key,
    name text not null constraint sections_name_unique unique,
    name_en text not null,
    email text
);

create table accounts (
    id bigint generated always as identity primary key,
    pen_name text not null,
    -- The pen name folded (NFKC, lower case, nothing invisible): two people may not look alike.
    pen_name_key text not null,
    -- Stable public identifier of the author, used in every hash; survives a change of pen name.
    pseudonym text not null constraint accounts_pseudonym_unique unique,
    email text not null,
    email_key text not null constraint accounts_email_unique unique,
    password_hash text not null,
    role text not null default 'resident'
        constraint accounts_role_known check (role in ('resident', 'moderator', 'staff', 'administrator')),
    section_id bigint constraint accounts_section references sections,
    locale text not null default 'ja',
    created_at timestamptz not null,
    confirmed_at timestamptz,
    suspended_at timestamptz,
    -- How many posts of this person were shown: decides only whether the next one is held.
    approved_posts int not null default 0
);

-- A name belongs to whoever confirms an address first; registering it alone reserves nothing and tells nothing.
create unique index accounts_pen_name_unique on accounts (pen_name_key) where confirmed_at is not null;

create table sessions (
    token_hash bytea primary key,
    account_id bigint not null constraint sessions_account references accounts on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index sessions_by_account on sessions (account_id);

-- One row per limited key: the theoretical arrival time of the generic cell rate algorithm.
create unlogged table paces (
    key text primary key,
    arrival timestamptz not null
);
"""

ROOM = """
create table boards (
    id bigint generated always as identity primary key,
    slug text not null constraint boards_slug_unique unique,
    name text not null,
    name_en text not null,
    about text not null,
    about_en text not null,
    kind text not null constraint boards_kind_known check (kind in ('official', 'community', 'staff')),
    section_id bigint constraint boards_section references sections,
    position int not null
);

create table board_roles (
    board_id bigint not null constraint board_roles_board references boards,
    account_id bigint not null constraint board_roles_account references accounts,
    role text not null constraint board_roles_role_known check (role in ('facilitator', 'moderator')),
    constraint board_roles_pkey primary key (account_id, board_id, role)
);

create table topics (
    id bigint generated always as identity primary key,
    board_id bigint not null constraint topics_board references boards,
    author_id bigint not null constraint topics_author references accounts,
    title text not null,
    state text not null constraint topics_state_known
        check (state in ('visible', 'held', 'hidden', 'withdrawn')),
    locked boolean not null default false,
    pinned boolean not null default false,
    -- The change number: incremented under the row lock by every act that alters what a reader sees.
    changes bigint not null default 0,
    -- The change number of the last act on the topic itself (title, lock, pin, board).
    head_change bigint not null default 0,
    -- The number of the newest post, counting held ones: the next post gets one more.
    last_number int not null default 0,
    created_at timestamptz not null,
    bumped_at timestamptz not null
);
create index topics_of_board on topics (board_id, pinned desc, bumped_at desc, id desc);
create index topics_by_bump on topics (bumped_at desc, id desc) where state = 'visible';
create index topics_of_author on topics (author_id);

create table posts (
    id bigint generated always as identity primary key,
    topic_id bigint not null constraint posts_topic references topics,
    number int not null,
    author_id bigint not null constraint posts_author references accounts,
    state text not null constraint posts_state_known
        check (state in ('visible', 'held', 'hidden', 'withdrawn')),
    change bigint not null,
    -- Counts every act on the post, also those no reader sees: the guard against two decisions at once.
    version int not null default 1,
    revision_id bigint,
    reply_to_id bigint constraint posts_reply_to references posts,
    html text not null default '',
    created_at timestamptz not null,
    edited_at timestamptz,
    -- When everybody could first read the post; empty while it has been seen by its author and moderators only.
    shown_at timestamptz,
    -- When a moderator returned the held post to its author; empty again once it is resubmitted.
    returned_at timestamptz,
    constraint posts_number_unique unique (topic_id, number)
);
create index posts_by_change on posts (topic_id, change);
create index posts_of_author on posts (author_id, id desc);
create index posts_held on posts (created_at) where state = 'held' and returned_at is null;

create table revisions (
    id bigint generated always as identity primary key,
    post_id bigint not null constraint revisions_post references posts,
    number int not null,
    raw text not null,
    -- The author's pseudonym, as hashed.
    author text not null,
    sha256 text not null,
    created_at timestamptz not null,
    constraint revisions_number_unique unique (post_id, number)
);
alter table posts add constraint posts_revision foreign key (revision_id) references revisions;

create table notifications (
    id bigint generated always as identity primary key,
    account_id bigint not null constraint notifications_account references accounts,
    kind text not null,
    url text not null,
    params jsonb not null,
    created_at timestamptz not null,
    read_at timestamptz
);
create index notifications_of_account on notifications (account_id, id desc);
create index notifications_unread on notifications (account_id) where read_at is null;
"""

REVIEW = """
create table charter_rules (
    number int not null,
    version int not null,
    title text not null,
    title_en text not null,
    body text not null,
    body_en text not null,
    in_force_from timestamptz not null,
    constraint charter_rules_pkey primary key (number, version)
);

create table decisions (
    id bigint generated always as identity primary key,
    post_id bigint not null constraint decisions_post references posts,
    revision_id bigint not null constraint decisions_revision references revisions,
    board_id bigint not null constraint decisions_board references boards,
    act text not null constraint decisions_act_known
        check (act in ('approve', 'return', 'hide', 'restore', 'dismiss')),
    rule_number int,
    rule_version int,
    reason text not null,
    moderator_id bigint not null constraint decisions_moderator references accounts,
    -- The role in which the moderator decided.
    role text not null,
    -- The hash of the revision that was judged; the log shows it instead of the words.
    text_sha256 text not null,
    decided_at timestamptz not null,
    constraint decisions_rule foreign key (rule_number, rule_version) references charter_rules (number, version),
    constraint decisions_hide_cites_a_rule check (act <> 'hide' or rule_number is not null)
);
create index decisions_of_post on decisions (post_id, id desc);
create index decisions_of_board on decisions (board_id, id desc);

create table moderator_labels (
    account_id bigint primary key constraint moderator_labels_account references accounts,
    -- By this name the public log tells moderators apart; it says nothing about who they are.
    label text not null constraint moderator_labels_unique unique
);

create table reports (
    id bigint generated always as identity primary key,
    post_id bigint not null constraint reports_post references posts,
    revision_id bigint not null constraint reports_revision references revisions,
    reporter_id bigint not null constraint reports_reporter references accounts,
    -- The rule that the post may break, as the reporter sees it; null: something else.
    rule_number int,
    note text not null,
    created_at timestamptz not null,
    -- When a moderator should have looked at the post, in view of all reports that were open by then.
    due_at timestamptz not null,
    settled_by bigint constraint reports_decision references decisions
);
create unique index reports_open_once on reports (post_id, reporter_id) where settled_by is null;
create index reports_open on reports (due_at) where settled_by is null;
create index reports_of_post on reports (post_id, id desc);
"""

CONSULTATIONS = """
create table consultations (
    id bigint generated always as identity primary key,
    title text not null,
    summary text not null,
    section_id bigint not null constraint consultations_section references sections,
    state text not null constraint consultations_state_known check (state in
        ('planned', 'open', 'closed', 'considering', 'published', 'not_conducted', 'withdrawn')),
    -- Before it is announced only its section sees it; planned, open and closed are then read from the clock.
    announced_at timestamptz,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    -- Required when the period is shorter than 30 days (行政手続法 40条).
    short_period_reason text not null default '',
    result_due date,
    end_reason text not null default '',
    version int not null default 1,
    created_by bigint not null constraint consultations_author references accounts,
    created_at timestamptz not null,
    published_at timestamptz,
    sha256 text,
    constraint consultations_period check (opens_at < closes_at)
);

create table plan_sections (
    id bigint generated always as identity primary key,
    consultation_id bigint not null constraint plan_sections_consultation references consultations,
    position int not null,
    heading text not null,
    body text not null,
    constraint plan_sections_position_unique unique (consultation_id, position)
);

create table submissions (
    id bigint generated always as identity primary key,
    consultation_id bigint not null constraint submissions_consultation references consultations,
    receipt text not null constraint submissions_receipt_unique unique,
    channel text not null constraint submissions_channel_known
        check (channel in ('web', 'post', 'fax', 'counter', 'email', 'import')),
    account_id bigint constraint submissions_account references accounts,
    plan_section_id bigint constraint submissions_plan_section references plan_sections,
    -- The forum revision that its author made into a formal submission.
    revision_id bigint constraint submissions_revision references revisions,
    body text not null,
    -- Name, address, organisation and e-mail, encrypted; never shown.
    sealed bytea not null,
    -- Keyed hash of name and address: counts people without knowing them. Null when nobody is named.
    person_key bytea,
    -- The number of the row or sheet it came from.
    source_ref text,
    sha256 text not null,
    received_at timestamptz not null,
    constraint submissions_source_once unique (consultation_id, source_ref)
);
create index submissions_of_consultation on submissions (consultation_id, id);

create table response_categories (
    code text primary key,
    label text not null,
    label_en text not null,
    label_plain text not null,
    counts_as_reflected boolean not null,
    requires_diff boolean not null,
    requires_reason boolean not null,
    position int not null
);
insert into response_categories values
    ('revised', '修正', 'Plan revised', '意見のとおりに計画を直します', true, true, false, 1),
    ('included', '記載済み', 'Already in the plan', 'もう計画に書いてあります', true, false, false, 2),
    ('reference', '参考', 'Kept for reference', 'これからの仕事の参考にします', false, false, false, 3),
    ('not_adopted', '反映しない', 'Not adopted', '計画は変えません。理由を書きます', false, false, true, 4),
    ('other', 'その他', 'Other', 'この計画のほかの話です', false, false, true, 5);
"""

DIGESTS = """
create table digests (
    id bigint generated always as identity primary key,
    title text not null,
    consultation_id bigint constraint digests_consultation references consultations,
    state text not null constraint digests_state_known check (state in ('compiling', 'draft', 'published')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    summary text not null default '',
    manifest jsonb not null default '{}',
    version int not null default 1,
    compiled_by bigint not null constraint digests_compiler references accounts,
    created_at timestamptz not null,
    published_at timestamptz,
    sha256 text,
    constraint digests_one_per_consultation unique (consultation_id)
);

create table digest_sources (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint digest_sources_digest references digests,
    board_id bigint constraint digest_sources_board references boards,
    topic_id bigint constraint digest_sources_topic references topics,
    from_digest_id bigint constraint digest_sources_from references digests,
    constraint digest_sources_one_kind check (num_nonnulls(board_id, topic_id, from_digest_id) = 1)
);
create index digest_sources_of_digest on digest_sources (digest_id);

create table opinion_groups (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint opinion_groups_digest references digests,
    position int not null,
    title text not null,
    summary text not null default '',
    plan_section_id bigint constraint opinion_groups_plan_section references plan_sections
);
create index opinion_groups_of_digest on opinion_groups (digest_id, position);

create table opinions (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint opinions_digest references digests,
    revision_id bigint constraint opinions_revision references revisions,
    submission_id bigint constraint opinions_submission references submissions,
    -- The verbatim span of the source text, in characters.
    start_at int not null,
    end_at int not null,
    text text not null,
    sha256 text not null,
    part text not null constraint opinions_part_known check (part in ('opinion', 'greeting', 'quote')),
    -- What kind of thing it says, and the words that suggest so. A hint for the clerk, never published as fact.
    kind text,
    evidence text not null default '',
    disposition text not null default 'undecided' constraint opinions_disposition_known
        check (disposition in ('undecided', 'used', 'merged', 'set_aside')),
    -- An undecided opinion in a group is a suggestion that nobody has confirmed yet.
    group_id bigint constraint opinions_group references opinion_groups,
    -- Quoted for its group, once confirmed.
    representative boolean not null default false,
    -- The opinion that says the same in the same words.
    copy_of bigint constraint opinions_copy references opinions on delete set null,
    set_aside_reason text,
    position int not null,
    constraint opinions_one_source check (num_nonnulls(revision_id, submission_id) = 1),
    constraint opinions_span check (0 <= start_at and start_at < end_at),
    constraint opinions_placed check (
        (disposition not in ('used', 'merged') or group_id is not null)
        and (disposition <> 'set_aside' or group_id is null)
        and (disposition = 'set_aside') = (set_aside_reason is not null)
        and (disposition <> 'used' or representative))
);
create index opinions_of_digest on opinions (digest_id, position);
create index opinions_of_group on opinions (group_id, position);
create index opinions_of_revision on opinions (revision_id);
create index opinions_of_submission on opinions (submission_id);

-- Every act of the work bench: who, what, and what it touched. Guards two clerks against overwriting each other.
create table digest_acts (
    id bigint generated always as identity primary key,
    digest_id bigint not null constraint digest_acts_digest references digests,
    version int not null,
    account_id bigint not null constraint digest_acts_account references accounts,
    act text not null,
    groups bigint[] not null default '{}',
    opinions bigint[] not null default '{}',
    detail jsonb not null default '{}',
    acted_at timestamptz not null,
    constraint digest_acts_version_unique unique (digest_id, version)
);

create table answers (
    id bigint generated always as identity primary key,
    -- No foreign key: groups are merged while a digest is a draft, and what was answered stays on record.
    group_id bigint not null,
    number int not null,
    -- The hashes of the opinions it answers, in order: an answer to other words is no answer.
    opinions text[] not null,
    category text not null constraint answers_category references response_categories,
    body text not null,
    reason text not null default '',
    plan_before text not null default '',
    plan_after text not null default '',
    author_id bigint not null constraint answers_author references accounts,
    sha256 text not null,
    created_at timestamptz not null,
    constraint answers_number_unique unique (group_id, number)
);
"""

IMMUTABLE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows are immutable', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger revisions_immutable before update or delete on revisions
    for each row execute function refuse_change();
create trigger decisions_immutable before update or delete on decisions
    for each row execute function refuse_change();
create trigger answers_immutable before update or delete on answers
    for each row execute function refuse_change();
create trigger submissions_immutable before update or delete on submissions
    for each row execute function refuse_change();

-- A published digest and everything in it stays as it was published.
create trigger digests_immutable before update or delete on digests
    for each row when (old.state = 'published') execute function refuse_change();
create function refuse_change_of_published() returns trigger language plpgsql as $$
begin
    if exists (select from digests where id = coalesce(old.digest_id, new.digest_id) and state = 'published') then
        raise exception '% rows of a published digest are immutable', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;
create trigger opinions_immutable before insert or update or delete on opinions
    for each row execute function refuse_change_of_published();
create trigger opinion_groups_immutable before insert or update or delete on opinion_groups
    for each row execute function refuse_change_of_published();
"""


def upgrade() -> None:
    for part in (ACCOUNTS, ROOM, REVIEW, CONSULTATIONS, DIGESTS, IMMUTABLE):
        op.script(part)
