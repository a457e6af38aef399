"""Where somebody writes, the page says how, and the guide says what the room can do."""

import httpx
import pytest

from forum.db import Database
from tests.conftest import Login
from tests.factories import a_board, a_post, an_account
from tests.pages import links, parsed, text_of


async def test_every_form_for_a_post_has_the_guide_beside_it(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    author, board = await an_account(db), await a_board(db)
    post = await a_post(db, author)
    await login(client, author.id or 0)
    for form in (f"/topics/{post.topic_id}", f"/boards/{board.slug}/topics/new", f"/posts/{post.id}/edit"):
        page = parsed(await client.get(form))
        [guide] = [each for each in page.iter("details") if text_of(each).startswith("書き方")]
        assert "/guide/writing" in links(guide)
        assert "@ペンネームさん" in text_of(guide)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (
            "",
            (
                "段階",
                "ここまでのまとめ",
                "市の回答",
                "テーマの提案",
                "カレンダー",
                "フォローする",
                "受付番号",
            ),
        ),
        (
            "writing",
            (
                "順位を付ける",
                "一度に一つ",
                "タグを五つまで",
                "下書き",
                "写っているもの",
                "公開してよいですか",
            ),
        ),
        ("reading", ("最初の未読へ", "しおり", "なるほど", "ペンネームを押すと")),
        ("account", ("登録と設定", "一つのファイル", "三つの選び方")),
        (
            "accessibility",
            ("ふりがな", "やさしい日本語", "英語", "とても大きい", "時刻の地域", "キーボード", "JavaScript"),
        ),
        ("journey", ("意見の地図", "記録を検証する")),
        ("reviewing", ("引き継ぐ", "2人で決める", "当番", "休み", "毎日の点検", "年報", "公開記録")),
        ("outcome", ("課に照会する", "ZIP", "決裁", "自動の案", "やさしい日本語で書く", "暗号")),
    ],
)
async def test_the_guide_says_what_the_readme_promises_there(
    client: httpx.AsyncClient, page: str, words: tuple[str, ...]
) -> None:
    said = text_of(parsed(await client.get(f"/guide/{page}".rstrip("/"))))
    assert [word for word in words if word not in said] == []
