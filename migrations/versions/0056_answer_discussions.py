"""Let the city answer discussions: what a board promises, how far each topic is, and every step of that on record."""

from alembic import op

revision = "0056"
down_revision = "0055"

ANSWERS = """
-- The city answers topics that are started on a board from then on within so many days; null: within none. What was promised
-- for a topic as it was started stays promised.
create table answer_promises (
    id bigint generated always as identity primary key,
    board_id bigint not null constraint answer_promises_board references boards,
    days int constraint answer_promises_days check (days between 1 and 365),
    by_id bigint not null constraint answer_promises_by references accounts,
    made_at timestamptz not null
);
create index answer_promises_of_board on answer_promises (board_id, made_at, id);
create trigger answer_promises_immutable before update or delete on answer_promises
    for each row execute function refuse_change();
create trigger answer_promises_kept before truncate on answer_promises
    for each statement execute function refuse_change();

-- What the last step says; all null before the first.
alter table topics add column answer_state text
        constraint topics_answer_state_known check (answer_state in ('received', 'considering', 'answered', 'reflected')),
    add column answer_section_id bigint constraint topics_answer_section references sections,
    -- The first moment that is too late.
    add column answer_due_at timestamptz,
    add constraint topics_answer check (num_nonnulls(answer_state, answer_section_id, answer_due_at) in (0, 3));
create index topics_unanswered on topics (board_id, created_at) where answer_state is null and state = 'visible';
create index topics_in_hand on topics (answer_due_at) where answer_state in ('received', 'considering');

alter table posts add column city_answer boolean not null default false;

create table city_answer_steps (
    id bigint generated always as identity primary key,
    topic_id bigint not null constraint city_answer_steps_topic references topics,
    number int not null constraint city_answer_steps_number check (number > 0),
    act text not null constraint city_answer_steps_act_known
        check (act in ('asked', 'considering', 'answered', 'reflected', 'postponed', 'handed')),
    -- As they are after the step.
    section_id bigint not null constraint city_answer_steps_section references sections,
    due_at timestamptz not null,
    -- The reply that is the answer.
    post_id bigint constraint city_answer_steps_post references posts,
    words text not null,
    by_id bigint not null constraint city_answer_steps_by references accounts,
    made_at timestamptz not null,
    sha256 text not null,
    constraint city_answer_steps_once unique (topic_id, number),
    constraint city_answer_steps_answer check ((act in ('answered', 'reflected')) = (post_id is not null))
);
create index city_answer_steps_of_post on city_answer_steps (post_id) where post_id is not null;
create trigger city_answer_steps_immutable before update or delete on city_answer_steps
    for each row execute function refuse_change();
create trigger city_answer_steps_kept before truncate on city_answer_steps
    for each statement execute function refuse_change();

create table city_answer_reminders (
    topic_id bigint not null constraint city_answer_reminders_topic references topics,
    due_at timestamptz not null,
    -- -1 before the day, 0 when it was over, 1 a day later, and so on.
    step int not null,
    told int not null,
    reminded_at timestamptz not null,
    constraint city_answer_reminders_once primary key (topic_id, due_at, step)
);
"""


def upgrade() -> None:
    op.script(ANSWERS)
