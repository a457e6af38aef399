"""What programs that know Discourse expect to be told of boards, topics and posts. docs/api.md says what each field means here.

What this room does not count, as how often somebody looked, has no field: a zero would be a statement.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from markupsafe import escape

from forum.access import Role
from forum.api.queries import Start
from forum.boards.rules import Board
from forum.posts.rules import PostView, State, shown_title
from forum.topics.rules import POSTS_PER_PAGE, TOPICS_PER_PAGE, Topic, TopicRow

Json = dict[str, object]
# Discourse names a topic in its address; the number alone finds it, and a Japanese title has no such name.
SLUG = "topic"
REGULAR = 1


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number_of(pseudonym: str) -> int:
    """A person has a pseudonym in public; programs want a number, which is made from it."""
    return int(pseudonym.removeprefix("p-")[:12], 16)


def user(pen_name: str, pseudonym: str) -> Json:
    return {"id": number_of(pseudonym), "username": pseudonym, "name": pen_name, "avatar_template": ""}


def category(board: Board) -> Json:
    return {
        "id": board.id,
        "name": board.name,
        "slug": board.slug,
        "description": escape(board.about),
        "description_text": board.about,
        "position": board.position,
        "topic_url": None,
        "read_restricted": False,
        "permission": None,
        "parent_category_id": None,
        "has_children": False,
    }


def topic_row(row: TopicRow, start: Start) -> Json:
    """A topic in a list. Whose it was is not said of one that was taken down or back."""
    is_public = row.state == State.VISIBLE
    return {
        **_topic(row),
        "posts_count": row.posts,
        "reply_count": max(0, row.posts - 1),
        "created_at": moment(start.created_at),
        "last_posted_at": moment(row.bumped_at),
        "bumped": True,
        "bumped_at": moment(row.bumped_at),
        "tags": [label.slug for label in row.tags],
        "posters": [{"user_id": number_of(start.pseudonym), "extras": None}] if is_public else [],
    }


def topic_list(rows: Iterable[TopicRow], starts: dict[int, Start], more: str | None) -> Json:
    """`more` is the address of the next page."""
    shown = [(row, starts[row.id]) for row in rows]
    people = {
        one.pseudonym: user(one.pen_name, one.pseudonym) for row, one in shown if row.state == State.VISIBLE
    }
    return {
        "users": [*people.values()],
        "topic_list": {
            "can_create_topic": False,
            "per_page": TOPICS_PER_PAGE,
            **({"more_topics_url": more} if more else {}),
            "topics": [topic_row(row, start) for row, start in shown],
        },
    }


def topic(found: Topic, start: Start, stream: list[int], posts: Iterable[PostView]) -> Json:
    """`stream` names all posts of which everybody knows; `posts` are those of the page."""
    return {
        **_topic(found),
        "posts_count": len(stream),
        "created_at": moment(start.created_at),
        "chunk_size": POSTS_PER_PAGE,
        "post_stream": {"posts": [post(one, len(stream)) for one in posts], "stream": stream},
        "details": {
            "created_by": user(start.pen_name, start.pseudonym) if found.state == State.VISIBLE else None
        },
    }


def _topic(found: Topic | TopicRow) -> Json:
    title = shown_title(found.state, found.title)
    return {
        "id": found.id,
        "title": title,
        "fancy_title": escape(title),
        "slug": SLUG,
        "archetype": "regular",
        "category_id": found.board_id,
        "highest_post_number": found.last_number,
        "visible": found.state == State.VISIBLE,
        "closed": found.closed,
        "archived": False,
        "pinned": found.pinned,
        "pinned_globally": False,
    }


def post(found: PostView, of: int | None = None) -> Json:
    """A post with its words, or what stands in its place; `of` so many in the topic."""
    gone, is_elsewhere = found.state != State.VISIBLE, found.reply_to_topic_id != found.topic_id
    return {
        "id": found.id,
        **({"name": "", "username": "", "user_id": None} if gone else _author(found)),
        "avatar_template": "",
        "created_at": moment(found.created_at),
        "updated_at": moment(found.created_at if gone else found.edited_at or found.created_at),
        "cooked": "" if gone else found.html,
        "post_number": found.number,
        "post_type": REGULAR,
        **({} if of is None else {"posts_count": of}),
        "reply_count": found.answers,
        "reply_to_post_number": None if gone or is_elsewhere else found.reply_to_number,
        "topic_id": found.topic_id,
        "topic_slug": SLUG,
        "topic_title": shown_title(found.topic_state, found.topic_title),
        "category_id": found.board_id,
        "hidden": gone,
        "user_deleted": found.state == State.WITHDRAWN,
        "deleted_at": None,
        "yours": False,
        **dict.fromkeys(("can_edit", "can_delete", "can_recover", "can_wiki", "wiki"), False),
        "actions_summary": [],
        "post_url": f"/posts/{found.id}",
    }


def _author(found: PostView) -> Json:
    return {
        "name": found.pen_name,
        "username": found.pseudonym,
        "user_id": number_of(found.pseudonym),
        "user_title": found.section_name if found.role == Role.STAFF else None,
        "moderator": found.role in (Role.MODERATOR, Role.ADMINISTRATOR),
        "admin": found.role == Role.ADMINISTRATOR,
        "staff": found.role in (Role.MODERATOR, Role.STAFF, Role.ADMINISTRATOR),
    }
