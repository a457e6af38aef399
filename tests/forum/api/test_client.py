"""A program that was written for Discourse reads the room as it is."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydiscourse import DiscourseClient
from pydiscourse.exceptions import DiscourseClientError

from forum.db import connected
from tests.conftest import SECRET
from tests.factories import a_board, a_post, a_topic
from tests.server import serving

pytestmark = pytest.mark.servers


async def test_a_client_of_discourse_reads_boards_topics_and_posts(own_database: str, tmp_path: Path) -> None:
    async with connected(own_database) as db:
        board = await a_board(db)
        topic = await a_topic(db, board=board, title="野川の緑", body="守りたい。")
        answer = await a_post(db, topic=topic, body="同じ思いです。")
    async with serving(tmp_path, DATABASE_URL=own_database, SECRET_KEY=SECRET, WORKER="false") as server:
        client = DiscourseClient(f"{server.url}/api", api_username="", api_key="")

        async def ask(call: Callable[..., Any], *args: object, **named: object) -> Any:
            return await asyncio.to_thread(call, *args, **named)

        assert [one["name"] for one in await ask(client.categories)] == [board.name]
        assert (await ask(client.category, board.id))["category"]["slug"] == board.slug
        assert (await ask(client.get_site_info))["categories"][0]["id"] == board.id
        assert (await ask(client.about))["about"]["locale"] == "ja"
        for call, args in (
            (client.latest_topics, ()),
            (client.category_topics, (board.id,)),
            (client.category_latest_topics, (board.slug,)),
        ):
            assert [one["title"] for one in (await ask(call, *args))["topic_list"]["topics"]] == ["野川の緑"]
        told = await ask(client.topic, "topic", topic.topic_id)
        assert told["post_stream"]["stream"] == [topic.id, answer.id]
        assert len((await ask(client.posts, topic.topic_id, [answer.id]))["post_stream"]["posts"]) == 1
        assert (await ask(client.post, topic.topic_id, 2))["id"] == topic.topic_id
        assert (await ask(client.post_by_id, answer.id))["raw"] == "同じ思いです。"
        assert (await ask(client.post_by_number, topic.topic_id, 2))["id"] == answer.id
        assert (await ask(client.latest_posts))["latest_posts"][0]["id"] == answer.id
        assert (await ask(client.search, "思いです"))["posts"][0]["blurb"] == "同じ思いです。"
        with pytest.raises(DiscourseClientError, match="見つかりません"):
            await ask(client.post_by_id, 10**9)
        with pytest.raises(DiscourseClientError, match="読むことだけ"):
            await ask(client.create_post, "書きます。", topic_id=topic.topic_id)
