"""Tags: a list that the town keeps, a few on each topic, and what bears one on a page, in a feed and in the search."""

import httpx
import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden, Invalid
from forum.posts.rules import Post
from forum.topics.actions import tagging as actions
from forum.topics.queries import tags
from forum.topics.tagging import Choice, Naming, NewTag, Tag, alike, faults
from tests.conftest import Login
from tests.factories import a_board, a_facilitator, a_newcomer, a_post, a_staff_member, a_topic, an_account
from tests.forum.topics.test_feeds import entries

BOSAI = Tag(1, "bosai", "防災", "Disasters", False, 0)
OLD = Tag(2, "old", "昔", "Past", True, 0)
MANY = [Tag(n, f"tag-{n}", f"タグ{n}", "", False, 0) for n in range(3, 9)]


async def a_tag(db: Database, slug: str = "bosai", name: str = "防災") -> Tag:
    await actions.add(db, await a_staff_member(db), NewTag(slug=slug, name=name, name_en=slug.title()))
    found = await tags.tag(db, slug, ["official"])
    assert found is not None
    return found


async def tagged(db: Database, by: Actor, topic: Post, *chosen: Tag) -> bool:
    return await actions.choose(db, by, topic.topic_id, Choice(tags=[tag.id for tag in chosen]))


@pytest.mark.parametrize(
    ("chosen", "before", "wrong"),
    [
        ([1], [], False),
        ([], [1], False),
        ([1, 2], [2], False),  # what is retired may stay
        ([1, 2], [], True),
        ([99], [], True),
        ([3, 4, 5, 6, 7], [], False),
        ([3, 4, 5, 6, 7, 8], [], True),
    ],
)
def test_a_few_tags_of_the_list_may_be_chosen(chosen: list[int], before: list[int], wrong: bool) -> None:
    assert bool(faults(chosen, before, [BOSAI, OLD, *MANY])) == wrong


def test_no_two_tags_are_called_the_same() -> None:
    assert set(alike(NewTag(slug="bosai", name="防災", name_en="D"), [BOSAI])) == {"slug", "name"}
    assert set(alike(Naming(name="防災", name_en="D"), [BOSAI])) == {"name"}
    assert alike(NewTag(slug="midori", name="緑", name_en="D"), [BOSAI]) == {}


async def test_tags_are_chosen_by_those_who_started_or_keep_the_topic(db: Database) -> None:
    author, board, tag = await an_account(db), await a_board(db), await a_tag(db)
    topic = await a_topic(db, author, board=board)
    assert await tagged(db, author, topic, tag)
    assert not await tagged(db, author, topic, tag)
    for outsider in (await an_account(db), await a_staff_member(db)):
        with pytest.raises(Forbidden):
            await tagged(db, outsider, topic)
    assert await tagged(db, await a_facilitator(db, board), topic)
    with pytest.raises(Forbidden):
        await actions.retire(db, author, tag.slug)
    clerk = await a_staff_member(db)
    await actions.retire(db, clerk, tag.slug)
    with pytest.raises(Invalid):
        await tagged(db, author, topic, tag)
    await actions.bring_back(db, clerk, tag.slug)
    await actions.rename(db, clerk, tag.slug, Naming(name="災害", name_en="Disasters"))
    assert await tagged(db, author, topic, tag)


async def test_a_tag_leads_to_what_bears_it_and_to_nothing_that_is_held(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    tag, author, board = await a_tag(db), await an_account(db), await a_board(db)
    topic = await a_topic(db, author, board=board, title="夜の避難所")
    await a_post(db, topic=topic, body="毛布がほしい。")
    await a_topic(db, author, board=board, title="野川の緑を残す")
    newcomer, clerk, room = await a_newcomer(db), await a_staff_member(db), await a_board(db, "staff")
    for by, where, title in ((newcomer, board, "ないしょの話題"), (clerk, room, "ないしょの会議")):
        await tagged(db, by, await a_topic(db, by, board=where, title=title), tag)
    await login(client, author.id or 0)
    form = await client.get(f"/topics/{topic.topic_id}/tags")
    assert "防災" in form.text
    answer = await client.post(f"/topics/{topic.topic_id}/tags", data={"tags": str(tag.id)})
    assert answer.status_code == 303
    assert f'href="/tags/{tag.slug}"' in (await client.get(answer.headers["location"])).text
    client.cookies.clear()
    for place in (
        f"/tags/{tag.slug}",
        f"/boards/{board.slug}?tag={tag.slug}",
        "/search?q=tag:bosai",
        f"/search?tag={tag.slug}",
    ):
        page = await client.get(place)
        assert "夜の避難所" in page.text, place
        assert "残す" not in page.text, place
        assert "ないしょ" not in page.text, place
    feed = await client.get(f"/tags/{tag.slug}/feed.atom")
    assert (await client.get(f"/feeds/tags/{tag.slug}.atom")).content == feed.content
    assert [title for _id, title, _words in entries(feed)] == ["夜の避難所 #2", "夜の避難所 #1"]
    assert "夜の避難所" in (await client.get("/search", params={"q": "毛布 タグ:防災"})).text
    assert "というタグはありません" in (await client.get("/search", params={"q": "毛布 タグ:なし"})).text
    assert (await client.get("/tags/nothing")).status_code == 404


async def test_the_list_is_kept_by_staff(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    new = {"slug": "midori", "name": "緑", "name_en": "Green"}
    assert (await client.post("/tags", data=new)).status_code == 403
    await login(client, (await a_staff_member(db)).id or 0)
    assert (await client.post("/tags", data={**new, "slug": "みどり"})).status_code == 422
    assert (await client.post("/tags", data=new)).status_code == 303
    again = await client.post("/tags", data=new)
    assert again.status_code == 422
    assert "この記号はもう使われています。" in again.text
    await client.post("/tags/midori/retire")
    assert "新しく選べなくなりました" in (await client.get("/tags/midori")).text
    await client.post("/tags/midori/bring-back")
    await client.post("/tags/midori", data={"name": "緑と水", "name_en": "Green and water"})
    assert "緑と水" in (await client.get("/tags")).text
