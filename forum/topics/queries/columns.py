"""What is selected of a topic, for acts, for its page, or as a row of a list."""

from forum.boards.queries import ANSWER_DUE, ANSWER_SECTION, ANSWER_STATE, PROMISE

TAGGED = """
coalesce((
    select cast(jsonb_agg(jsonb_build_array(g.slug, g.name, g.name_en) order by g.name) as text)
    from topic_tags x join tags g on g.id = x.tag_id where x.topic_id = t.id
), '[]')
"""
TIMETABLE = "coalesce(cast(t.timetable as text), '[]')"
# The last transfers that were not taken back: to it or from it, the other topic, how much, by which role and why. Nobody
# learns of a held one, whose title comes along when it is shown.
TRANSFERRED = """
coalesce((
    select cast(jsonb_agg(told.line order by told.id desc) as text) from (
        select x.id, jsonb_build_array(x.from_topic_id = t.id, o.id, o.title, o.state, cardinality(x.posts), x.whole, x.role,
            x.reason, x.made_at, coalesce(
                (select post_id from signs where topic_id = x.from_topic_id and number = 1),
                (select id from posts where topic_id = x.from_topic_id and number = 1))) as line
        from transfers x join topics o on o.id = x.from_topic_id + x.to_topic_id - t.id
        where (x.from_topic_id = t.id or x.to_topic_id = t.id) and o.state <> 'held'
            and not exists (select from transfers where undoes = x.id)
        order by x.id desc limit 5
    ) told
), '[]')
"""
OF_TOPIC = f"""
t.id, t.board_id, b.slug as board_slug, b.kind as board_kind, t.author_id, t.title, t.state, t.locked, t.pinned,
    t.changes, t.last_number, t.slow_minutes, t.slow_until, {ANSWER_STATE} as answer_state,
    {ANSWER_SECTION} as answer_section_id, {ANSWER_DUE} as answer_due_at, t.polls_hidden, {TIMETABLE} as timetable,
    t.merged_into, t.moved_out, t.proposed
"""
TOPIC = f"select {OF_TOPIC} from topics t join boards b on b.id = t.board_id {PROMISE}"
# With what stands at its head: more than twice the work, and acts need nothing of it.
HEAD = f"""
select {OF_TOPIC}, s.name as answer_section, s.name_en as answer_section_en, {TAGGED} as tagged, poll.id as poll_id,
    poll.question as poll_question, poll.closes_at as poll_closes_at, recap.id as recap_id, recap.number as recap_number,
    recap.upto as recap_upto, {TRANSFERRED} as transferred
from topics t join boards b on b.id = t.board_id {PROMISE} left join sections s on s.id = {ANSWER_SECTION}
left join lateral (
    select id, question, closes_at from polls where topic_id = t.id and t.state = 'visible' and not t.polls_hidden
        and not exists (select from hidden_polls where poll_id = polls.id and lifted_by is null)
    order by id desc limit 1
) poll on true
left join lateral (
    select p.id, p.number, (
        select max(number) from posts
        where topic_id = p.topic_id and number <> p.number and created_at <= coalesce(p.edited_at, p.created_at)
    ) as upto from posts p where p.topic_id = t.id and p.recap and p.state = 'visible' and not exists (
        select from signs s join transfers x on x.id = s.transfer_id where s.post_id = p.id and x.undoes is null
    ) order by p.number desc limit 1
) recap on true
"""
ROW = f"""
select t.id, t.board_id, b.slug as board_slug, b.kind as board_kind, t.author_id, t.title, t.state, t.locked,
    t.pinned, t.last_number, a.pen_name, t.bumped_at, {ANSWER_STATE} as answer_state, {ANSWER_DUE} as answer_due_at,
    {TAGGED} as tagged, {TIMETABLE} as timetable, t.merged_into, t.moved_out, t.proposed
from topics t join boards b on b.id = t.board_id join accounts a on a.id = t.author_id {PROMISE}
"""
