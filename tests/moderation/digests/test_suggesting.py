"""Suggestions of a model: who may ask, what leaves the house, and that nothing of them becomes anybody's word by itself."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
from pydantic import AnyHttpUrl
from starlette.applications import Starlette

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Forbidden
from forum.posts.rules import Post
from forum.screening.covering import covered
from forum.settings import Settings
from moderation.digests import actions, prompting, verifying
from moderation.digests.actions import suggesting
from moderation.digests.jobs import HOURLY, JOBS
from moderation.digests.queries import suggestions
from moderation.digests.queries.suggestions import Kept
from moderation.digests.rules import WITHHELD, Description
from moderation.digests.rules.suggesting import Kind, Wanted, words_in
from moderation.provider import Endpoint, Failed, endpoint_of
from tests.conftest import Login
from tests.factories import a_board, a_facilitator, a_moderator, a_post, a_staff_member, actor, an_account
from tests.moderation.consultations import stories
from tests.moderation.consultations.test_taking_back import taken_back
from tests.moderation.digests.desk import (
    a_discussion,
    a_draft,
    a_plan,
    act,
    confirm_all,
    edit,
    groups_of,
    hide,
    restore,
    said_in,
    the_digest,
)
from tests.moderation.model_server import ModelServer, model_server, said, status, vectors
from tests.moderation.reviews.test_masking import mask
from tests.whole_room import suggest

PHONE, HOME, NAME = "042-387-9876", "小金井市本町1-2-3", "山田太郎"


@pytest_asyncio.fixture(scope="module")
async def serving() -> AsyncIterator[ModelServer]:
    async with model_server() as models:
        yield models


@pytest.fixture
def models(serving: ModelServer) -> ModelServer:
    serving.forget()
    return serving


@pytest.fixture
def settings(settings: Settings, serving: ModelServer) -> Settings:
    """Of a town that asks a model for names, and another for what is alike."""
    return settings.model_copy(
        update={
            "model_url": AnyHttpUrl(serving.url),
            "model_key": "the key",
            "model_text": "small",
            "model_embeddings": "wide",
        }
    )


@pytest.fixture
def endpoint(settings: Settings) -> Endpoint:
    found = endpoint_of(settings)
    assert found is not None
    return replace(found, pauses=())


@pytest_asyncio.fixture
async def clerk(db: Database) -> Actor:
    return await a_staff_member(db)


@pytest_asyncio.fixture
async def desk(client: httpx.AsyncClient, login: Login, clerk: Actor) -> httpx.AsyncClient:
    assert clerk.id is not None
    await login(client, clerk.id)
    return client


async def a_desk(db: Database, clerk: Actor, *further: str) -> tuple[int, list[Post]]:
    posts = await a_discussion(db)
    posts += [await a_post(db, topic=posts[0], body=words) for words in further]
    return (await a_draft(db, posts, clerk)).id, posts


async def ask(db: Database, clerk: Actor, endpoint: Endpoint, digest_id: int, *groups: int) -> list[int]:
    """About these groups, or all; the numbers of the questions."""
    chosen = list(groups) or [group.id for group in await groups_of(db, digest_id)]
    known = {one.id for one in await suggestions.of(db, digest_id)}
    await suggesting.ask(db, clerk, endpoint, digest_id, Wanted(kind=Kind.WORDS, groups=chosen))
    return [one.id for one in await suggestions.of(db, digest_id) if one.id not in known]


async def compare(db: Database, clerk: Actor, endpoint: Endpoint, digest_id: int) -> None:
    await suggesting.ask(db, clerk, endpoint, digest_id, Wanted(kind=Kind.LIKENESS))
    await suggesting.answer(db, endpoint, [(await suggestions.of(db, digest_id))[-1].id])


async def last(db: Database, digest_id: int) -> Kept:
    return (await suggestions.of(db, digest_id))[-1]


async def mismatches(db: Database) -> list[str]:
    return [line async for line in verifying.of_suggestions(db)]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ('{"title": "駅前の駐輪場", "summary": "増やしてほしい。"}', "駅前の駐輪場"),
        ('```json\n{"title": "駅前の駐輪場"}\n```', "駅前の駐輪場"),
        ('はい。{"title": " 駅前 ", "summary": "", "note": 1} です。', "駅前"),
        ('{"title": "<b>駅前</b>"}', "<b>駅前</b>"),
        ('{"title": ""}', None),
        ('{"title": "二\\n行"}', None),
        ('{"title": "長' + "い" * 120 + '"}', None),
        ('{"title": "題", "summary": "' + "長" * 2001 + '"}', None),
        ('{"title": "\\u202e題"}', None),
        ('{"title": "\\ud800題"}', None),
        ('{"title": 1}', None),
        ('{"summary": "題がない"}', None),
        ('["題"]', None),
        ("駅前の駐輪場", None),
        ("}{", None),
        ('{"a":' * 50_000 + "}", None),
        ("", None),
    ],
)
def test_of_an_answer_only_what_a_form_would_take_is_read(answer: str, title: str | None) -> None:
    if title is None:
        with pytest.raises(Failed):
            words_in(answer)
    else:
        assert words_in(answer).title == title


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        (f"電話は{PHONE}です。", f"電話は{'■' * len(PHONE)}です。"),
        (f"{HOME}に住んでいます。", f"{'■' * len(HOME)}に住んでいます。"),
        ("a.b@example.com へ", "■" * 15 + " へ"),
        (f"近所の{NAME}さんが困っています。", f"近所の{'■' * 4}さんが困っています。"),
        ("@「のがわ散歩」さんに賛成です。", "@「■■■■■」さんに賛成です。"),
        ("@のがわ散歩さん、@緑の風 に賛成です。", "@■■■■■さん、@■■■ に賛成です。"),
        ("駐輪場を増やしてほしい。", "駐輪場を増やしてほしい。"),
    ],
)
def test_what_may_be_personal_is_covered_letter_by_letter(said: str, leaves: str) -> None:
    assert covered(said) == leaves


def test_a_prompt_is_cut_after_it_is_covered_and_stays_short() -> None:
    words = "あ" * (prompting.OPINION_MAX - 6) + PHONE
    assert not set("0123456789") & set(prompting.leaving(words))
    assert len(prompting.leaving(words)) == prompting.OPINION_MAX
    assert prompting.as_many_as_fit(["あ" * 4000] * 3) == ["あ" * 4000]
    assert prompting.as_many_as_fit(["あ" * 9000]) == ["あ" * 9000]


def test_alike_is_what_stands_out_from_all_pairs_on_both_sides() -> None:
    two_pairs = np.array([[1, 0, 0], [0, 1, 0], [1, 0.1, 0], [0, 1.1, 0.1], [0, 0, 1]], np.float32)
    assert prompting.alike(two_pairs) == [(1, 3), (0, 2)]
    assert prompting.alike(two_pairs[:2]) == []


async def test_nothing_personal_hidden_or_set_aside_leaves_the_house(
    db: Database, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    digest_id, posts = await a_desk(
        db,
        clerk,
        f"図書館の夜間の開館について、{NAME}さん（{PHONE}、{HOME}）と話しました。",
        "図書館を夜も開けるなら秘密の言葉です。",
        "図書館を夜も開けてほしいという悪口です。",
    )
    await hide(db, posts[-2])
    await edit(db, await actor(db, posts[1].author_id), posts[1], "図書館は夜に閉めてください。")
    insult = await said_in(db, digest_id, "悪口")
    await act(db, clerk, digest_id, "set_aside", opinions=[insult.id], reason=WITHHELD[1])
    await suggesting.answer(db, endpoint, await ask(db, clerk, endpoint, digest_id))
    await compare(db, clerk, endpoint, digest_id)
    assert "図書館を夜も開けてほしいです。" in models.received
    assert "話しました" in models.received
    for secret in (PHONE, HOME, NAME, "秘密", "悪口", "夜間の開館を増やす"):
        assert secret not in models.received
    sent = [body for _path, _headers, body in models.asked]
    assert sent == [one.prompt for one in await suggestions.of(db, digest_id)]


async def test_what_is_hidden_between_asking_and_sending_is_not_sent(
    db: Database, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    digest_id, posts = await a_desk(db, clerk)
    group = (await said_in(db, digest_id, "夜も開けて")).group_id
    assert group is not None
    numbers = await ask(db, clerk, endpoint, digest_id, group)
    await hide(db, posts[0])
    await suggesting.answer(db, endpoint, numbers)
    assert models.asked == []
    assert (await last(db, digest_id)).failure == "changed"
    await restore(db, posts[0])
    numbers = await ask(db, clerk, endpoint, digest_id, group)
    await suggesting.answer(db, None, numbers)
    assert models.asked == []
    assert (await last(db, digest_id)).failure == "off"


async def test_when_nobody_answers_the_others_are_not_tried_and_the_digest_goes_on(
    db: Database, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    digest_id, _posts = await a_desk(db, clerk)
    models.answers = [b""]
    await suggesting.answer(db, endpoint, await ask(db, clerk, endpoint, digest_id))
    assert len(models.asked) == 1
    kept = await suggestions.of(db, digest_id)
    assert {one.failure for one in kept} == {"unreachable"}
    assert await mismatches(db) == []
    await confirm_all(db, clerk, digest_id)
    await actions.publish_digest(db, clerk, digest_id)


async def test_a_group_whose_question_got_lost_can_be_asked_about_again(
    app: Starlette,
    db: Database,
    desk: httpx.AsyncClient,
    clerk: Actor,
    models: ModelServer,
    endpoint: Endpoint,
) -> None:
    digest_id, _posts = await a_desk(db, clerk)
    group, other, *_others = await groups_of(db, digest_id)
    lost = await ask(db, clerk, endpoint, digest_id, group.id)
    await db.run("update pgqueuer set status = 'failed'")
    waits = await ask(db, clerk, endpoint, digest_id, other.id)
    await HOURLY["give_up_suggestions"](app.state.site, {})
    found = {one.id: one.failure for one in await suggestions.of(db, digest_id)}
    assert found == {lost[0]: "lost", waits[0]: None}
    assert await mismatches(db) == []
    assert "聞いている途中で止まり" in (await desk.get(f"/digests/{digest_id}/edit")).text
    assert await ask(db, clerk, endpoint, digest_id, group.id)
    assert models.asked == []


async def test_only_staff_ask_and_only_where_the_town_does(
    db: Database, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    for who in (await an_account(db), Actor()):
        with pytest.raises(Forbidden):
            await ask(db, who, endpoint, digest.id)
    for where in (None, replace(endpoint, text=None)):
        with pytest.raises(Forbidden):
            await suggesting.ask(db, clerk, where, digest.id, Wanted(kind=Kind.WORDS, groups=[1]))
    with pytest.raises(Conflict):
        await ask(db, clerk, endpoint, digest.id, 2**40)
    await ask(db, clerk, endpoint, digest.id)
    with pytest.raises(Conflict):
        await ask(db, clerk, endpoint, digest.id)
    assert await suggestions.of(db, digest.id)
    assert models.asked == []


async def test_a_suggestion_is_marked_harmless_and_becomes_a_name_only_by_saving(
    app: Starlette, db: Database, desk: httpx.AsyncClient, clerk: Actor, models: ModelServer
) -> None:
    digest_id, _posts = await a_desk(db, clerk)
    group, *_others = await groups_of(db, digest_id)
    await actions.describe(
        db, clerk, digest_id, group.id, Description(title="図書館", theme="市の施設", version=2**31 - 1)
    )
    before, stamps = await groups_of(db, digest_id), [(await the_digest(db, digest_id)).stamp]
    page = await desk.post(f"/digests/{digest_id}/suggestions", data={"kind": "words", "groups": [group.id]})
    assert page.status_code == 303
    stamps.append((await the_digest(db, digest_id)).stamp)
    assert "題と要約の案を待っています。" in (await desk.get(f"/digests/{digest_id}/edit")).text
    models.answers = [said('{"title": "<script>alert(1)</script>", "summary": "夜も\\n「開けて」"}')]
    await JOBS["answer_suggestions"](app.state.site, {"suggestions": [(await last(db, digest_id)).id]})
    stamps.append((await the_digest(db, digest_id)).stamp)
    assert stamps == sorted(set(stamps)), "the open page asks for what is new"
    page = await desk.get(f"/digests/{digest_id}/edit")
    assert "自動の案（確認していません）" in page.text
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert await groups_of(db, digest_id) == before

    filled = await desk.get(f"/digests/{digest_id}/groups/{group.id}/suggestion")
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in filled.text
    assert "夜も\n「開けて」</textarea>" in filled.text
    assert "まだ保存していません。" in filled.text
    assert 'name="theme" maxlength="80" value="市の施設"' in filled.text
    assert await groups_of(db, digest_id) == before

    words = Description(title="夜の図書館", summary="", version=2**31 - 1)
    await actions.describe(db, clerk, digest_id, group.id, words)
    assert "自動の案（確認していません）" not in (await desk.get(f"/digests/{digest_id}/edit")).text
    assert (await desk.get(f"/digests/{digest_id}/groups/{group.id}/suggestion")).status_code == 303


async def test_a_failure_is_told_in_a_sentence(
    db: Database, desk: httpx.AsyncClient, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    digest_id, _posts = await a_desk(db, clerk)
    models.answers = [status("401 Unauthorized"), said("題は駅前です。")]
    first, second, *_ = await groups_of(db, digest_id)
    await suggesting.answer(db, endpoint, await ask(db, clerk, endpoint, digest_id, first.id, second.id))
    await compare(db, clerk, endpoint, digest_id)
    page = (await desk.get(f"/digests/{digest_id}/edit")).text
    assert "題と要約の案をもらえませんでした。相手のサーバーが断りました（401）。" in page
    assert "題と要約の案をもらえませんでした。答えを読み取れませんでした。" in page
    assert "同じことを言う論点を探せませんでした。答えを読み取れませんでした。" in page
    assert [one.answer for one in await suggestions.of(db, digest_id)] == [None, "題は駅前です。", None]


async def test_groups_that_may_mean_the_same_are_offered_to_be_merged(
    db: Database, desk: httpx.AsyncClient, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    digest_id, _posts = await a_desk(db, clerk, "公園に日かげがほしい。", "広場に木を植えてください。")
    points = await groups_of(db, digest_id)
    rows = [[1.0 if at == other else 0.0 for other in range(len(points))] for at in range(len(points))]
    rows[-1] = [*rows[0][:-1], 0.1]
    models.answers = [vectors(*rows)]
    await compare(db, clerk, endpoint, digest_id)
    asked = await last(db, digest_id)
    assert asked.found == {"pairs": [[points[0].id, points[-1].id]]}
    page = (await desk.get(f"/digests/{digest_id}/edit")).text
    assert "同じことを言っているかもしれない論点が1組ありました。" in page
    assert page.count(f'name="groups" value="{points[-1].id}" form="desk"') == 2
    assert await groups_of(db, digest_id) == points


async def test_all_that_was_asked_and_said_is_published_with_the_digest(
    db: Database, desk: httpx.AsyncClient, clerk: Actor, models: ModelServer, endpoint: Endpoint
) -> None:
    digest_id, posts = await a_desk(db, clerk)
    await suggesting.answer(db, endpoint, await ask(db, clerk, endpoint, digest_id))
    assert (await desk.get(f"/digests/{digest_id}/suggestions.json")).status_code == 404
    await confirm_all(db, clerk, digest_id)
    await actions.publish_digest(db, clerk, digest_id)
    desk.cookies.clear()
    listed = (await published(desk, digest_id))["suggestions"]
    assert [one["prompt"] for one in listed] == [body for _path, _headers, body in models.asked]
    assert {one["reply"]["found"]["title"] for one in listed} == {"案の題"}
    manifest = (await desk.get(f"/digests/{digest_id}.json")).json()["manifest"]
    assert manifest["suggestions"]["sha256"] == [one["sha256"] for one in listed]
    assert "聞いたことと答えのすべて" in (await desk.get(f"/digests/{digest_id}")).text

    about = next(one for one in listed if "夜も開けて" in one["prompt"])
    await hide(db, posts[0])
    after = (await published(desk, digest_id))["suggestions"]
    assert "夜も開けて" not in json.dumps(after, ensure_ascii=False)
    assert about["sha256"] not in json.dumps(after)
    assert sum(one["withheld"] for one in after) == 1
    manifest = (await desk.get(f"/digests/{digest_id}.json")).json()["manifest"]
    assert manifest["suggestions"]["sha256"] == [one["sha256"] for one in after]


async def test_words_that_were_masked_or_taken_back_since_are_withheld(
    db: Database, clerk: Actor, endpoint: Endpoint
) -> None:
    digest_id, posts = await a_desk(db, clerk)
    await ask(db, clerk, endpoint, digest_id)
    assert all(one.readable for one in await suggestions.of(db, digest_id))
    await mask(db, await a_moderator(db), posts[3], "立体")
    assert [
        one.prompt for one in await suggestions.of(db, digest_id) if "立体" in one.prompt and one.readable
    ] == []
    assert any(one.readable for one in await suggestions.of(db, digest_id))

    procedure = await stories.announced(db)
    taken = await stories.a_submission(db, procedure, body="取り下げる意見です。")
    plan = a_plan(consultation_id=procedure.id)
    digest_id = await actions.start(db, procedure.clerk, plan, stories.TOKYO)
    await ask(db, procedure.clerk, endpoint, digest_id)
    assert (await last(db, digest_id)).readable
    assert stories.NAME not in (await last(db, digest_id)).prompt
    await taken_back(db, procedure, taken.receipt)
    assert not (await last(db, digest_id)).readable


@pytest.mark.parametrize(
    ("tampering", "there"),
    [
        ("delete from suggestions where id = (select max(id) from suggestions)", "2 and 2"),
        ("delete from suggestions where found is null", "1 and 1"),
        ("delete from suggestions", "0 and 0"),
        (
            "update suggestions set answer = null, found = null, failure = null, status = null, answered_at = null,"
            " answer_sha256 = null where failure is not null",
            "3 and 1",
        ),
    ],
)
async def test_what_was_asked_or_answered_and_is_gone_is_missed(
    db: Database, tampering: str, there: str
) -> None:
    digest_id = await suggest(db)
    assert await mismatches(db) == []
    await db.run("set local session_replication_role = replica")
    await db.run(tampering)
    assert await mismatches(db) == [
        f"digest {digest_id}: suggestions were removed: of 3 and 2 answers there are {there}"
    ]


async def published(client: httpx.AsyncClient, digest_id: int) -> Any:
    return (await client.get(f"/digests/{digest_id}/suggestions.json")).json()


async def test_a_town_without_a_model_sees_and_publishes_nothing_of_it(
    db: Database, desk: httpx.AsyncClient, clerk: Actor, models: ModelServer, app: Starlette
) -> None:
    app.state.site = replace(
        app.state.site, settings=app.state.site.settings.model_copy(update={"model_url": None})
    )
    digest_id, _posts = await a_desk(db, clerk)
    assert "自動の案" not in (await desk.get(f"/digests/{digest_id}/edit")).text
    page = await desk.post(f"/digests/{digest_id}/suggestions", data={"kind": "likeness"})
    assert page.status_code == 403
    await confirm_all(db, clerk, digest_id)
    await actions.publish_digest(db, clerk, digest_id)
    assert "suggestions" not in (await desk.get(f"/digests/{digest_id}.json")).json()["manifest"]
    assert "自動の案" not in (await desk.get(f"/digests/{digest_id}")).text
    assert models.asked == []


async def test_a_facilitator_sorts_and_sends_nothing_out(
    db: Database, client: httpx.AsyncClient, login: Login, clerk: Actor
) -> None:
    board = await a_board(db)
    digest = await a_draft(db, await a_discussion(db, board), clerk)
    facilitator = await a_facilitator(db, board)
    assert facilitator.id is not None
    await login(client, facilitator.id)
    page = await client.get(f"/digests/{digest.id}/edit")
    assert page.status_code == 200
    assert "自動の案" not in page.text
