"""What somebody said, pressed and answered in the room, as it goes along with them: of a staff board for the staff alone."""

from forum.i18n import N_
from forum.people.portions import Portion
from forum.posts.reacting import LABELS as REACTIONS
from forum.topics.polling import KIND_NAMES as POLLS

# Of `b` and the person `a`.
READABLE = "(b.kind <> 'staff' or a.role in ('staff', 'administrator'))"
# Of the poll `o` in the topic `t` besides.
ASKED = f"""
(o.opened_by = a.id or {READABLE} and t.state = 'visible' and not t.polls_hidden
    and not exists (select from hidden_polls where poll_id = o.id and lifted_by is null))
"""
STATES = {
    "visible": N_("公開"),
    "held": N_("確認待ち"),
    "hidden": N_("非公開"),
    "withdrawn": N_("取り下げ"),
}

SPOKEN = (
    Portion(
        "topics",
        N_("はじめた話題"),
        ("topics.author_id",),
        {
            "title": N_("題名"),
            "board": N_("会議室"),
            "address": N_("アドレス"),
            "state": N_("状態"),
            "created_at": N_("書いた日時"),
        },
        f"""
        select t.title, b.name as board, '/topics/' || t.id as address, t.state, t.created_at
        from topics t join boards b on b.id = t.board_id join accounts a on a.id = t.author_id
        where a.id = :account_id and {READABLE} order by t.id
        """,
        {"state": STATES},
    ),
    Portion(
        "posts",
        N_("投稿"),
        ("posts.author_id",),
        {
            "address": N_("アドレス"),
            "number": N_("番号"),
            "state": N_("状態"),
            "created_at": N_("書いた日時"),
            "masked": N_("伏せた文字がある"),
            "versions": N_("すべての版"),
            "version": N_("版"),
            "words": N_("本文"),
            "saved_at": N_("保存した日時"),
            "sha256": N_("記録の指紋（SHA-256）"),
        },
        # Where words are masked, so they are here; the page of the history opens the seal for their author.
        f"""
        select '/posts/' || p.id as address, p.number, p.state, p.created_at, is_masked(p.id) as masked, (
            select jsonb_agg(jsonb_build_object('version', r.number, 'words', masked(p.id, r.raw),
                'saved_at', r.created_at, 'sha256', case when not is_masked(p.id) then r.sha256 end) order by r.number)
            from revisions r where r.post_id = p.id
        ) as versions
        from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
            join accounts a on a.id = p.author_id
        where a.id = :account_id and {READABLE} order by p.id
        """,
        {"state": STATES},
    ),
    Portion(
        "drafts",
        N_("下書き"),
        ("drafts.account_id",),
        {
            "address": N_("アドレス"),
            "typed": N_("書きかけの内容"),
            "saved_at": N_("保存した日時"),
            "title": N_("題名"),
            "body": N_("本文"),
        },
        "select url as address, typed, saved_at from drafts where account_id = :account_id order by id",
    ),
    Portion(
        "files",
        N_("写真とファイル"),
        ("files.account_id",),
        {
            "name": N_("もとの名前"),
            "address": N_("アドレス"),
            "kind": N_("種類"),
            "bytes": N_("大きさ（バイト）"),
            "sha256": N_("記録の指紋（SHA-256）"),
            "created_at": N_("預けた日時"),
            "deleted_at": N_("消した日時"),
        },
        """
        select name, '/files/' || sha256 || coalesce('-' || width || 'x' || height, '') || case kind
            when 'image/jpeg' then '.jpg' when 'image/png' then '.png' when 'image/webp' then '.webp' else '.pdf' end
            as address, kind, bytes, sha256, created_at, deleted_at
        from files where account_id = :account_id order by id
        """,
    ),
    Portion(
        "reactions",
        N_("押した反応"),
        ("reactions.account_id",),
        {"address": N_("アドレス"), "kind": N_("種類"), "reacted_at": N_("日時")},
        """
        select '/posts/' || post_id as address, kind, reacted_at from reactions
        where account_id = :account_id order by reacted_at, post_id, kind
        """,
        {"kind": REACTIONS},
    ),
    Portion(
        "supported_themes",
        N_("支持しているテーマの提案"),
        ("theme_supports.account_id",),
        {"address": N_("アドレス"), "supported_at": N_("日時")},
        """
        select '/themes/' || topic_id as address, supported_at from theme_supports
        where account_id = :account_id order by supported_at, topic_id
        """,
    ),
    Portion(
        "polls",
        N_("たずねた投票"),
        ("polls.opened_by",),
        {
            "address": N_("アドレス"),
            "question": N_("質問"),
            "kind": N_("種類"),
            "options": N_("選択肢"),
            "opened_at": N_("はじめた日時"),
            "closes_at": N_("締め切り"),
        },
        f"""
        select '/topics/' || t.id as address, o.question, o.kind, o.options, o.opened_at, o.closes_at
        from polls o join topics t on t.id = o.topic_id join boards b on b.id = t.board_id
            join accounts a on a.id = o.opened_by
        where a.id = :account_id and {READABLE} order by o.id
        """,
        {"kind": POLLS},
    ),
    Portion(
        "ballots",
        N_("投票での答え"),
        ("ballots.account_id",),
        {
            "address": N_("アドレス"),
            "question": N_("質問"),
            "options": N_("選択肢"),
            "ranks": N_("選んだもの（選択肢の順に、0は選ばない、1からは順位）"),
            "cast_at": N_("日時"),
        },
        # What others asked, as long as everybody may see it.
        f"""
        select '/topics/' || t.id as address, case when {ASKED} then o.question end as question,
            case when {ASKED} then o.options end as options, l.ranks, l.cast_at
        from ballots l join polls o on o.id = l.poll_id join topics t on t.id = o.topic_id
            join boards b on b.id = t.board_id join accounts a on a.id = l.account_id
        where a.id = :account_id order by l.poll_id
        """,
    ),
    Portion(
        "tags",
        N_("話題に付けたタグ"),
        ("topic_tags.chosen_by",),
        {"address": N_("アドレス"), "tag": N_("タグ"), "chosen_at": N_("日時")},
        """
        select '/topics/' || c.topic_id as address, g.name as tag, c.chosen_at
        from topic_tags c join tags g on g.id = c.tag_id where c.chosen_by = :account_id order by c.chosen_at, c.tag_id
        """,
    ),
)
