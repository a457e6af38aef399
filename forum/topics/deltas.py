"""What changes on open pages, in the language of the moment."""

from forum import clock
from forum.posts.rules import PostView, State, for_everyone, is_known
from forum.rendering import Renderer
from forum.topics import rules
from forum.topics.heads import TopicHead
from forum.topics.transfers import Sign
from forum.topics.web.polls import Counts
from realtime.protocol import Delta


def counts_delta(renderer: Renderer, inputs: Counts) -> Delta:
    html = renderer.fragment("topics/_counts.html", **inputs)
    return Delta(number=None, kind="put", id=f"poll-{inputs['poll']}", html=html)


def post_delta(renderer: Renderer, post: PostView, number: int | None = None) -> Delta:
    """What a reader's page does with the post. A post that was never shown is nothing to anyone but its author."""
    number = post.change if number is None else number
    if not is_known(post):
        return Delta(number=number, kind="skip")
    html = renderer.fragment("posts/_post.html", post=for_everyone(post))
    return Delta(number=number, kind="put", id=f"post-{post.id}", html=html, order=post.number)


def sign_delta(renderer: Renderer, sign: Sign) -> Delta:
    if sign.state == State.HELD:
        return Delta(number=sign.change, kind="skip")
    html = renderer.fragment("posts/_sign.html", sign=sign)
    return Delta(number=sign.change, kind="put", id=f"post-{sign.post_id}", html=html, order=sign.number)


def responses_delta(renderer: Renderer, post: PostView, number: int) -> Delta:
    if post.state != State.VISIBLE:
        return Delta(number=number, kind="skip")
    html = renderer.fragment("posts/_responses.html", post=for_everyone(post))
    return Delta(number=number, kind="put", id=f"responses-{post.id}", html=html)


def head_delta(renderer: Renderer, topic: TopicHead, recap: PostView | None, number: int | None) -> Delta:
    public = rules.public_topic(topic, clock.now())
    html = renderer.fragment("topics/_head.html", topic=public, recap=recap)
    return Delta(number=number, kind="put", id="topic-head", html=html)


def row_delta(renderer: Renderer, row: rules.TopicRow) -> Delta:
    html = renderer.fragment("topics/_row.html", topic=rules.public_row(row, clock.now()))
    return Delta(number=None, kind="put", id=f"topic-{row.id}", html=html, order=row.order)
