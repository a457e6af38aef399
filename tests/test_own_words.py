"""There is no path by which anybody but its author changes the words of a post."""

import ast
import re
from functools import cache

import asyncpg
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from forum.access import Actor, Role
from forum.boards import actions as boards
from forum.boards import queries as board_queries
from forum.db import Database
from forum.markup import to_html
from forum.posts.masking import masked
from forum.posts.queries import masks, revisions
from forum.posts.queries import posts as post_queries
from forum.posts.rules import Post
from moderation.reviews.acts import Act
from tests.asking import Asker
from tests.conftest import Login
from tests.factories import a_facilitator, a_moderator, a_staff_member, a_topic, actor, an_account, the_post
from tests.test_house_rules import MODULES, ROOT

BODY = "書いたままの言葉です。電話は042-387-9999です。"
OTHERS = "ほかの人の言葉です。"

# What writes words, and the only function that calls it or makes what it takes: from the query to the form of an author.
CALLERS = {
    "NewPost": {"forum/posts/actions.py:add"},
    "add_revision": {"forum/posts/actions.py:rewrite"},
    "rewrite": {
        "forum/topics/actions/discussing.py:edit",
        "moderation/consultations/actions/running.py:edit",  # of the city's own notice, by another function
    },
    "set_words": {"forum/posts/actions.py:rewrite"},
    # The same words, with what is masked.
    "show_masked": {"moderation/reviews/actions/masking.py:show"},
    # The same words, as the markup of today shows them.
    "_replace": {"forum/topics/actions/rendering.py:render_anew"},
}
WORDS_ARE_WRITTEN_IN = {
    "revisions": {"forum/posts/queries/adding.py:add", "forum/posts/queries/revisions.py:add_revision"},
    "html": {
        "forum/posts/queries/adding.py:add",
        "forum/posts/queries/posts.py:set_words",
        "forum/posts/queries/masks.py:show",
        "forum/posts/queries/renderings.py:replace",
    },
    "title": {"forum/topics/queries/adding.py:add"},
}
STATEMENTS = {
    "revisions": re.compile(r"(insert\s+into|update|delete\s+from)\s+revisions\b", re.I),
    "html": re.compile(r"(insert\s+into\s+posts\b[^)]*|update\s+posts\b[^;]*\bset\b[^;]*)\bhtml\b", re.I),
    "title": re.compile(r"(insert\s+into\s+topics\b[^)]*|update\s+topics\b[^;]*\bset\b[^;]*)\btitle\b", re.I),
}


# What a module says that writes words, by whatever function.
WRITES = re.compile("|".join([*CALLERS, r"insert\s+into", r"update\s", r"delete\s+from"]), re.I)


@cache
def functions() -> list[tuple[str, set[str], str]]:
    """Every function that may write words: where it is, what it calls, the texts in it."""
    return [
        (f"{path.relative_to(ROOT)}:{node.name}", calls(node), texts(node))
        for path in MODULES
        if WRITES.search(source := path.read_text())
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def calls(node: ast.AST) -> set[str]:
    called = (child.func for child in ast.walk(node) if isinstance(child, ast.Call))
    return {
        name.attr if isinstance(name, ast.Attribute) else name.id
        for name in called
        if isinstance(name, ast.Attribute | ast.Name)
    }


def texts(node: ast.AST) -> str:
    return "\n".join(
        child.value
        for child in ast.walk(node)
        if isinstance(child, ast.Constant) and isinstance(child.value, str)
    )


@pytest.mark.parametrize("name", CALLERS)
def test_words_are_written_on_one_way_only(name: str) -> None:
    assert {where for where, called, _ in functions() if name in called} == CALLERS[name]


@pytest.mark.parametrize("what", WORDS_ARE_WRITTEN_IN)
def test_words_are_written_by_these_statements_only(what: str) -> None:
    found = {where for where, _, said in functions() if STATEMENTS[what].search(said)}
    assert found == WORDS_ARE_WRITTEN_IN[what]


async def everybody_else(db: Database, post: Post) -> list[Actor]:
    board = await board_queries.board_by_id(db, post.board_id)
    assert board is not None
    here = await an_account(db)
    await boards.give_role(db, board.id, here.id or 0, "moderator")
    return [
        await an_account(db),
        await a_facilitator(db, board),
        await actor(db, here.id or 0),
        await a_moderator(db),
        await a_staff_member(db, board.section_id),
        await an_account(db, Role.ADMINISTRATOR),
    ]


async def test_no_form_changes_words_of_others(app: Starlette, db: Database, login: Login) -> None:
    rendered = cache(to_html)
    author = await an_account(db)
    post = await a_topic(db, author, title="野川の話", body=BODY)
    board = await board_queries.board_by_id(db, post.board_id)
    assert board is not None
    written, taken, version = await revisions.of_post(db, post.id), set(), post.version
    paths = sorted(
        route.path
        for route in app.routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
        if not route.path.startswith(("/logout", "/account"))
    )

    async def are_the_authors(whom: str) -> None:
        assert await revisions.of_post(db, post.id) == written, whom
        shown = await post_queries.view(db, post.id)
        assert shown is not None
        assert shown.topic_title == "野川の話", whom
        assert shown.html == rendered(masked(BODY, await masks.passages(db, post.id))), whom

    async def asker_of(person: Actor) -> Asker:
        asker = Asker(app)
        await login(asker, person.id or 0)
        return asker

    async def send(asker: Asker, path: str, act: str) -> str:
        """What comes of a form that says all that any form says."""
        nonlocal version
        number = post.topic_id if path.startswith("/topics") else post.id
        url = re.sub(r"{\w+}", board.slug, re.sub(r"{\w+:int}", str(number), path))
        form = {
            **dict.fromkeys(("body", "raw", "html", "title", "text", "words"), OTHERS),
            **{"act": act, "version": version, "revision": 1, "rule": 1, "report": 0},
            **{"reason": "理由です。", "note": "見てください。", "hint": "042-387-9999"},
            **{"public": "on", "post_id": post.id, "board_id": post.board_id},
        }
        answer = await asker.post(url, form)
        assert answer.status_code < 500, url
        if answer.status_code < 400:
            version = (await the_post(db, post.id)).version
        if answer.status_code == 303:
            taken.add(path)
            await are_the_authors(url)
        return answer.text

    # Those ask what to do with a post that do not take this for an answer; the others do the same whatever is said.
    moderator, judging = await asker_of(await a_moderator(db)), [path for path in paths if "/queue/{" in path]
    ask_what = {path for path in judging if "#field-act" in await send(moderator, path, "edit")}
    assert {"/queue/{id:int}", "/queue/{id:int}/mask", "/queue/{id:int}/author"} <= ask_what
    for person in await everybody_else(db, post):
        asker = await asker_of(person)
        for path in paths:
            for act in ["edit", *Act] if path in ask_what else ["edit"]:
                await send(asker, path, act)
        await are_the_authors(person.role)
    assert {"/queue/{id:int}", "/queue/{id:int}/mask", "/posts/{id:int}/report"} <= taken
    assert "/posts/{id:int}/edit" not in taken


@pytest.mark.parametrize(
    "statement",
    [
        "insert into revisions (post_id, number, raw, author, sha256, created_at)"
        " values (:post, 2, 'x', :other, 'x', now())",
        "update posts set revision_id = :others where id = :post",
        "update revisions set raw = 'x' where post_id = :post",
        "delete from revisions where post_id = :post",
    ],
)
async def test_the_database_takes_words_from_nobody_but_the_author(db: Database, statement: str) -> None:
    post, moderator = await a_topic(db), await a_moderator(db)
    others = await a_topic(db, moderator)
    values = {"post": post.id, "other": moderator.pseudonym, "others": others.revision_id}
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.run(statement, **{name: values[name] for name in re.findall(r":(\w+)", statement)})
