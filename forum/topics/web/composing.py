"""What the composer under a topic starts with: a draft, a quote, the post that it answers."""

from starlette.requests import Request

from forum.drafts.web import written
from forum.markup import literal
from forum.posts.calling import own_words
from forum.posts.queries import posts
from forum.posts.rules import PostView, can_read_words
from forum.topics.rules import Topic
from forum.web import DIGITS_MAX, Form, actor_of, database, query_number


async def composer(request: Request, topic: Topic, *, may_write: bool) -> tuple[Form, PostView | None]:
    """The form, and the post that it answers."""
    quoted = await _readable(request, topic, query_number(request, "quote"))
    answered = quoted or await _readable(request, topic, query_number(request, "reply_to"))
    if not may_write:
        return getattr(request.state, "form", None) or Form(), answered
    form = await written(request, f"reply:{topic.id}", Form())
    if quoted and not getattr(request.state, "form", None):
        form = _with_quote(form, quoted, await _quote(request, quoted))
    kept = form.value("reply_to_id")
    if answered is None and kept.isascii() and kept.isdecimal() and len(kept) <= DIGITS_MAX:
        answered = await _readable(request, topic, int(kept))
    return form, answered


def _with_quote(form: Form, quoted: PostView, quote: str) -> Form:
    """Below what is written already, and once, however often the page is asked for."""
    before = form.value("body").rstrip()
    body = before if quote.strip() in before else f"{before}\n\n{quote}" if before else quote
    return Form({**form.values, "body": [body], "reply_to_id": [str(quoted.id)]})


async def _quote(request: Request, quoted: PostView) -> str:
    """What the author of the post said, and not what it quotes, marked as a quote with its source."""
    current = await posts.post(database(request), quoted.id)
    assert current is not None
    said = own_words(current.shown) or current.shown
    lines = "\n".join(f"> {line}".rstrip() for line in said.split("\n"))
    return f"> [{literal(quoted.pen_name)} #{quoted.number}](/posts/{quoted.id})\n{lines}\n\n"


async def _readable(request: Request, topic: Topic, asked: int) -> PostView | None:
    """The post of this topic with that id, if the person may read it."""
    found = await posts.view(database(request), asked) if asked else None
    return (
        found if found and found.topic_id == topic.id and can_read_words(actor_of(request), found) else None
    )
