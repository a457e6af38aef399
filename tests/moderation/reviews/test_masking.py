"""Masked words reach nobody, stay as they were written, and can be shown again."""

import hashlib
import re
from html import unescape

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import GUEST, Actor, Role
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.live import Viewer
from forum.notifications.wording import worded
from forum.posts import actions as post_actions
from forum.posts.masking import masked, seal
from forum.posts.queries import masks, revisions
from forum.posts.queries import posts as post_queries
from forum.posts.rules import Edit, Post
from forum.posts.viewing import all_published
from forum.topics.actions import discussing
from forum.topics.live import past_of_topic
from moderation.digests import actions as digests
from moderation.digests.queries import groups
from moderation.reviews.actions import masking
from moderation.reviews.acts import Act
from moderation.reviews.masking import Wish, lacking_in_wish, masking_acts, places
from tests.asking import Asker
from tests.conftest import Login, visitor
from tests.factories import (
    a_board,
    a_board_moderator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.moderation.consultations import stories
from tests.moderation.digests.desk import a_discussion, a_draft, confirm_all
from tests.moderation.reviews.test_actions import decide, log_of, report, told
from tests.pages import links, parsed
from tests.test_secrets import addresses

NUMBER = "042-387-9999"
COVERED = "■" * len(NUMBER)
BODY = f"賛成です。電話は{NUMBER}です。"

# state, something is masked -> what can be done
ACTS = """
visible    -  mask
visible    +  mask unmask
held       -  mask
held       +  mask unmask
hidden     -  mask
hidden     +  mask unmask
withdrawn  -
withdrawn  +
"""


async def mask(
    db: Database, by: Actor, post: Post, *words: str, act: Act = Act.MASK, rule: int | None = 1
) -> int:
    now = await the_post(db, post.id)
    wish = Wish(
        act=act,
        passages="\n".join(words),
        rule=rule,
        reason="個人の情報です。",
        version=now.version,
        report=2**40,
    )
    return await masking.decide(db, by, post.id, wish)


@pytest.mark.parametrize("line", ACTS.strip().splitlines())
def test_what_can_be_masked_depends_on_the_state(line: str) -> None:
    state, masks, *acts = line.split()
    assert masking_acts(state, masks=masks == "+") == tuple(map(Act, acts))


# words, shown now -> whether the wish is lacking
WISHES = [
    ([], "いろは", True),
    (["いろ"], "いろは", False),
    (["い"], "いろは", True),
    (["ない"], "いろは", True),
    (["いろは"], "いろは", True),
    (["いろ"] * 51, "いろは", True),
]


@pytest.mark.parametrize(("chosen", "shown", "lacking"), WISHES)
def test_a_mask_covers_passages_that_are_there_and_never_all(
    chosen: list[str], shown: str, lacking: bool
) -> None:
    found = {words: (1, 0, 1) if words in shown else None for words in chosen}
    assert bool(lacking_in_wish(chosen, found, shown)) == lacking


async def test_masked_words_are_on_no_channel_and_the_revision_stays(
    app: Starlette, db: Database, login: Login
) -> None:
    asked, moderator, author = await an_account(db), await a_moderator(db), await an_account(db)
    question = await a_topic(db, asked)
    post = await a_post(db, author, topic=question, body=BODY, reply_to_id=question.id)
    await discussing.edit(db, author, post.id, Edit(body=f"{BODY}お待ちします。", version=post.version))
    written = await revisions.of_post(db, post.id)
    await mask(db, moderator, post, NUMBER)

    assert await revisions.of_post(db, post.id) == written
    shown = await post_queries.view(db, post.id)
    assert shown is not None
    assert COVERED in shown.html
    assert NUMBER not in repr(await past_of_topic(app.state.live, Viewer(GUEST, "ja"), str(post.topic_id), 0))
    for reader in (None, asked, moderator):
        asker = Asker(app)
        if reader:
            await login(asker, reader.id or 0)
        hashes = [revision.sha256 for revision in written]
        for url in [*await addresses(app, db, await the_post(db, post.id)), "/inbox", "/search?q=042-387"]:
            page = (await asker.follow(url)).text
            assert NUMBER not in unescape(re.sub(r"<[^>]*>", "", page)), url
            if "hash=" not in url:
                assert not [known for known in hashes if known in page], url
    renderer = app.state.site.renderer
    for person in (asked, author):
        assert NUMBER not in "".join(worded(renderer, note).text for note in (await told(db, person))[:1])
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_the_hash_of_what_is_masked_is_shown_and_found(client: httpx.AsyncClient, db: Database) -> None:
    post = await a_post(db, body=BODY)
    history = f"/posts/{post.id}/revisions"
    assert f"/verify?hash={post.sha256}" in (await client.get(history)).text
    await mask(db, await a_moderator(db), post, NUMBER)
    (masked,) = await all_published(db, await revisions.of_post(db, post.id))
    assert f"/verify?hash={masked.sha256}" in (await client.get(history)).text
    for asked in (masked.sha256, masked.sha256[:12], masked.seal):
        found = await client.get("/verify", params={"hash": asked})
        assert found.status_code == 200
        assert f'href="{history}#revision-1"' in found.text
        assert "計算しなおした値と一致</span>" in found.text
        assert "■にした文章のものです" in found.text
        document = unescape(found.text.split('<p class="mono diff small">')[1].split("</p>")[0])
        assert hashlib.sha256(document.encode()).hexdigest() == masked.sha256
    await mask(db, await a_moderator(db), post, act=Act.UNMASK)
    assert (await client.get("/verify", params={"hash": masked.sha256})).status_code == 404


async def test_nobody_tries_out_what_is_masked_by_its_hash(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    """All else that the hash is made of is published. Whoever wrote it knows it."""
    author, moderator = await an_account(db), await a_moderator(db)
    procedure = await stories.announced(db)
    post = await a_post(db, author, body=BODY)
    taken = await stories.a_submission(db, procedure, author, body=post.raw, post_id=post.id)
    receipt = f"/consultations/{procedure.id}/submissions/{taken.receipt}"

    async def confirmed() -> list[bool]:
        found = [await client.get("/verify", params={"hash": one}) for one in (post.sha256, taken.sha256)]
        return [page.status_code == 200 for page in found] + [
            taken.sha256 in (await client.get(receipt)).text
        ]

    assert await confirmed() == [True] * 3
    await mask(db, moderator, post, NUMBER)
    assert await confirmed() == [False] * 3
    await login(client, author.id or 0)
    assert await confirmed() == [True] * 3
    await client.post("/logout")
    await mask(db, moderator, post, act=Act.UNMASK)
    assert await confirmed() == [True] * 3


async def test_new_words_of_the_author_stay_masked_and_lifting_brings_everything_back(db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    post = await a_post(db, author, body=BODY)
    before = await post_queries.view(db, post.id)
    await mask(db, moderator, post, NUMBER)
    now = await the_post(db, post.id)
    await discussing.edit(db, author, post.id, Edit(body=f"{BODY}です。", version=now.version))
    assert NUMBER not in (await the_post(db, post.id)).shown
    now = await the_post(db, post.id)
    await discussing.edit(db, author, post.id, Edit(body=BODY, version=now.version))
    await mask(db, moderator, post, act=Act.UNMASK)
    after = await post_queries.view(db, post.id)
    assert before is not None
    assert after is not None
    assert after.html == before.html
    assert (await the_post(db, post.id)).masked is None
    with pytest.raises(Conflict):
        await mask(db, moderator, post, act=Act.UNMASK)
    await mask(db, moderator, post, NUMBER)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_masks_of_held_returned_and_hidden_posts_agree_with_their_history(db: Database) -> None:
    moderator, author = await a_moderator(db), await a_newcomer(db)
    post = await a_post(db, author, body=BODY)
    await decide(db, moderator, post, Act.RETURN)
    await mask(db, moderator, post, NUMBER)
    now = await the_post(db, post.id)
    assert now.returned_at is not None
    await discussing.edit(db, author, post.id, Edit(body=f"{BODY}直した。", version=now.version))
    await mask(db, moderator, post, "賛成")
    await decide(db, moderator, post, Act.APPROVE)
    await decide(db, moderator, post, Act.HIDE)
    await mask(db, moderator, post, act=Act.UNMASK)
    await decide(db, moderator, post, Act.RESTORE)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_a_mask_is_a_line_of_the_log_that_names_the_seal_and_its_author_is_told(db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    post = await a_post(db, author, body=BODY)
    reporter = await report(db, post, rule=1)
    await mask(db, moderator, post, NUMBER)
    line = (await log_of(db, post))[0]
    salt = await masks.salt(db, post.id)
    assert salt is not None
    assert (line.act, line.version, line.rule_number) == ("mask", 6, 1)
    assert line.text_sha256 == seal(post.sha256, salt)
    assert [note.kind for note in await told(db, author)] == ["decided"]
    assert [note.kind for note in await told(db, reporter)] == ["report_settled"]
    assert NUMBER not in repr(await told(db, author))


async def test_lines_from_before_keep_their_hash_to_themselves_while_it_could_be_guessed_from(
    client: httpx.AsyncClient, db: Database
) -> None:
    moderator, post = await a_moderator(db), await a_post(db, await a_newcomer(db), body=BODY)
    await decide(db, moderator, post, Act.APPROVE)
    await mask(db, moderator, post, NUMBER)
    exported = (await client.get("/moderation/log.json")).json()
    assert exported[-2]["entry"] is None
    assert exported[-1]["entry"]["act"] == "mask"
    assert "text" not in exported[-1]["entry"]
    await mask(db, moderator, post, act=Act.UNMASK)
    assert (await client.get("/moderation/log.json")).json()[-3]["entry"]["text"] == post.sha256


async def test_a_digest_cites_masked_words_by_their_hash_and_shows_the_rest(
    client: httpx.AsyncClient, db: Database
) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    post = await a_post(db, topic=posts[0], body=f"街灯を増やしてください。窓口は{NUMBER}です。")
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    await digests.publish_digest(db, clerk, digest.id)
    await mask(db, await a_moderator(db), post, NUMBER)
    written = (await client.get(f"/digests/{digest.id}.json")).text
    assert NUMBER not in written
    assert post.sha256 not in written
    assert COVERED in written
    for url in (f"/digests/{digest.id}", f"/verify?hash={post.sha256}"):
        assert NUMBER not in (await client.get(url)).text
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_groups_are_not_named_with_masked_words(db: Database) -> None:
    posts = await a_discussion(db)
    for _ in range(3):
        post = await a_post(db, topic=posts[0], body="鈴木太郎議員の件は鈴木太郎議員に聞いてほしいです。")
        await mask(db, await a_moderator(db), post, "鈴木太郎")
    digest = await a_draft(db, posts)
    titles = [group.title for group in await groups.groups(db, digest.id)]
    assert titles
    assert not [title for title in titles if "鈴木" in title]


async def test_no_reason_says_what_is_masked(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    """The log is public, and keeps it for good."""
    post, moderator = await a_post(db, body="角のはけの森荘に越しました。"), await a_moderator(db)
    await login(client, moderator.id or 0)
    said = {"act": "mask", "rule": "1", "passages": "はけの森荘", "version": str(post.version)}
    refused = await client.post(f"/queue/{post.id}/mask", data={**said, "reason": "はけの森荘は自宅です。"})
    assert refused.status_code == 422
    assert "伏せる言葉「はけの森荘」が入っています" in refused.text
    assert await log_of(db, post) == []
    done = await client.post(f"/queue/{post.id}/mask", data={**said, "reason": "自宅の名前です。"})
    assert done.status_code == 303


async def test_only_moderators_of_others_mask_with_rule_and_reason(db: Database) -> None:
    moderator = await a_moderator(db)
    own, post = await a_post(db, moderator, body=BODY), await a_post(db, body=BODY)
    with pytest.raises(Forbidden):
        await mask(db, moderator, own, NUMBER)
    with pytest.raises(Forbidden):
        await mask(db, await an_account(db), post, NUMBER)
    with pytest.raises(Invalid):
        await mask(db, moderator, post, NUMBER, rule=None)
    with pytest.raises(Invalid):
        await mask(db, moderator, post, "042-387-0000")
    assert not await log_of(db, post)


async def test_every_look_under_a_mask_is_on_record(app: Starlette, db: Database, login: Login) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    post = await a_post(db, author, body=BODY)
    await mask(db, moderator, post, NUMBER)
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        url = f"/posts/{post.id}/sealed"
        assert NUMBER not in (await client.get(url)).text
        assert (await client.post(url, data={"reason": ""})).status_code == 422
        assert not await masks.looks(db, before=2**62, limit=9)
        page = await client.post(url, data={"reason": "異議の確認"})
        assert NUMBER in page.text
        assert page.headers["cache-control"] == "no-store"
        assert (await client.get("/moderation/looks")).status_code == 403
    async with visitor(app) as client:
        await login(client, author.id or 0)
        assert NUMBER in (await client.get(f"/posts/{post.id}/edit")).text
    found = await masks.looks(db, before=2**62, limit=9)
    assert [(look.account_id, look.role) for look in found] == [
        (author.id, "author"),
        (moderator.id, "moderator"),
    ]
    with pytest.raises(Forbidden):
        await post_actions.look_under_masks(db, await an_account(db), await the_post(db, post.id), "見たい")


async def test_other_posts_with_the_same_words_are_shown_where_they_may_be_judged(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    here, clerk = await a_board(db), await a_staff_member(db)
    post = await a_post(db, topic=await a_topic(db, board=here), body=BODY)
    beside = await a_post(db, topic=await a_topic(db, board=here), body=BODY)
    elsewhere = await a_post(db, body=BODY)
    secret = await a_topic(db, clerk, board=await a_board(db, "staff"), body=BODY)
    await mask(db, await a_moderator(db), post, NUMBER)
    seen = [
        (await a_board_moderator(db, here), [beside]),
        (await a_moderator(db), [beside, elsewhere]),
        (await an_account(db, Role.ADMINISTRATOR), [beside, elsewhere, secret]),
    ]
    for person, others in seen:
        await login(client, person.id or 0)
        page = await client.get(f"/queue/{post.id}/mask")
        found = {one for one in links(parsed(page)) if one.endswith("/mask")}
        assert found == {f"/queue/{other.id}/mask" for other in others}
        assert (clerk.pen_name in page.text) == (secret in others)


async def test_a_moderator_masks_by_the_form_from_the_hints(
    app: Starlette, db: Database, login: Login
) -> None:
    moderator, post = await a_moderator(db), await a_post(db, body=BODY)
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        url = f"/queue/{post.id}/mask"
        assert f'name="hint" value="{NUMBER}"' in (await client.get(url)).text
        wish = {
            "act": "mask",
            "hint": NUMBER,
            "rule": "1",
            "reason": "電話番号です。",
            "version": str(post.version),
        }
        for wrong in ({"reason": ""}, {"report": "9" * 30}):
            assert (await client.post(url, data=wish | wrong)).status_code == 422
        assert (await client.post(url, data=wish)).status_code == 303
        assert COVERED in (await client.get(url)).text
        assert (await client.post(url, data=wish)).status_code == 409


async def test_the_database_covers_what_the_rule_covers(db: Database) -> None:
    moderator = await a_moderator(db)
    for words, passages in (
        ("いろはにいろは。ああああ", ["いろは", "ろはに", "ああ"]),
        ("𠮷野の𠮷野家％_\\です", ["𠮷野", "％_\\"]),
    ):
        post = await a_post(db, body=words)
        await mask(db, moderator, post, *passages)
        assert (await the_post(db, post.id)).shown == masked(words, passages)
        assert places(passages, await revisions.of_post(db, post.id)).keys() == set(passages)
