"""The pages of digests over HTTP, as they work without any script."""

import re
from dataclasses import replace
from datetime import datetime

import httpx
import pytest
import pytest_asyncio

from forum.access import Actor
from forum.db import Database
from forum.text import visible
from forum.topics.actions import discussing
from moderation.digests import actions, rules
from moderation.digests.balancing import ledger_of
from moderation.digests.lacking import LISTED, lacking
from moderation.digests.proofs import Citation, Publication, Theme, mismatches
from moderation.digests.queries import opinions
from moderation.digests.rules import Digest
from tests.conftest import Budget, Login
from tests.factories import a_moderator, a_post, a_staff_member, actor, an_account
from tests.forum.topics.test_transfers import transfer
from tests.moderation.digests.desk import (
    a_discussion,
    a_draft,
    a_plan,
    act,
    confirm_all,
    edit,
    groups_of,
    hide,
    said_in,
    standing,
    the_digest,
)
from tests.moderation.reviews.test_masking import mask
from tests.pages import links, parsed, problems, values


@pytest.fixture(scope="module")
async def clerk(ground: Database) -> Actor:
    return await a_staff_member(ground)


@pytest.fixture(scope="module")
async def digest(ground: Database, clerk: Actor) -> Digest:
    """A fresh draft."""
    return await a_draft(ground, await a_discussion(ground), clerk)


@pytest_asyncio.fixture
async def desk(client: httpx.AsyncClient, login: Login, clerk: Actor) -> httpx.AsyncClient:
    """A browser in which the clerk is logged in."""
    assert clerk.id is not None
    await login(client, clerk.id)
    return client


async def press(client: httpx.AsyncClient, digest_id: int, db: Database, **fields: object) -> httpx.Response:
    """Sends the form of the bench as the page showed it."""
    version = (await the_digest(db, digest_id)).version
    return await client.post(
        f"/digests/{digest_id}/edit?show=groups&page=1", data={"version": version, **fields}
    )


async def published(db: Database, clerk: Actor) -> Digest:
    digest = await a_draft(db, await a_discussion(db), clerk)
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    return await the_digest(db, digest.id)


async def test_from_the_form_to_the_published_page(desk: httpx.AsyncClient, db: Database) -> None:
    topic = (await a_discussion(db))[0]
    assert "まとめる会議室と話題" in (await desk.get("/digests/new")).text
    plan = a_plan(topics=[topic.topic_id])
    form = {
        "title": plan.title,
        "topics": topic.topic_id,
        "first_day": plan.first_day,
        "last_day": plan.last_day,
    }
    begun = await desk.post("/digests/new", data={name: str(value) for name, value in form.items()})
    assert begun.status_code == 303
    bench = await desk.get(begun.headers["location"])
    assert "提案（未確定2件）" in bench.text
    number = int(re.findall(r"/digests/(\d+)/edit", begun.headers["location"])[0])
    groups = [group.id for group in await groups_of(db, number)]
    assert (await press(desk, number, db, act="confirm", groups=groups)).status_code == 303
    version = (await the_digest(db, number)).version
    check = await desk.get(f"/digests/{number}/publish")
    assert "公開すると、だれでも読めるようになり" in check.text
    done = await desk.post(f"/digests/{number}/publish", data={"version": version})
    shown = await desk.get(done.headers["location"])
    for words in (
        "図書館を夜も開けてほしいです。",
        "件数は賛否の票数ではありません",
        "合っています",
        "SHA-256",
    ):
        assert words in shown.text


async def test_a_guest_reads_published_digests_and_nothing_else(
    client: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    draft = await a_draft(db, await a_discussion(db), clerk)
    digest = await published(db, clerk)
    index = await client.get("/digests")
    assert f'href="/digests/{digest.id}"' in index.text
    assert f"/digests/{draft.id}" not in index.text
    assert (await client.get(f"/digests/{digest.id}")).status_code == 200
    for path in ("", "/edit", "/publish", ".json", "/set-aside", "/progress", "/opinions/1"):
        assert (await client.get(f"/digests/{draft.id}{path}")).status_code == 404
    assert (await client.get("/digests/new")).headers["location"] == "/login?next=/digests/new"


async def test_a_resident_may_not_start_a_digest(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    resident = await an_account(db)
    assert resident.id is not None
    await login(client, resident.id)
    assert (await client.get("/digests/new")).status_code == 403
    assert (await client.post("/digests/new", data={"title": "まとめ"})).status_code == 403


async def test_a_form_that_is_wrong_comes_back_as_typed(desk: httpx.AsyncClient) -> None:
    typed = {"title": "駅", "first_day": "2026-04-01", "last_day": "2026-03-01"}
    refused = await desk.post("/digests/new", data=typed)
    assert refused.status_code == 422
    assert 'value="駅"' in refused.text
    assert 'value="2026-03-01"' in refused.text
    nothing = await desk.post("/digests/new", data=typed | {"title": "駅前"})
    assert nothing.status_code == 422
    assert "まとめる会議室か話題を選んでください。" in nothing.text


@pytest.mark.parametrize("show", ["groups", "open", "loose", "aside", "rest", "found", "nonsense"])
async def test_every_part_of_the_bench_opens(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, show: str, digest: Digest
) -> None:
    await act(
        db, clerk, digest.id, "set_aside", opinions=[(await said_in(db, digest.id, "満車")).id], reason="試し"
    )
    await act(db, clerk, digest.id, "bring_back", opinions=[(await said_in(db, digest.id, "満車")).id])
    await act(
        db, clerk, digest.id, "set_aside", opinions=[(await said_in(db, digest.id, "夜間")).id], reason="試し"
    )
    page = await desk.get(f"/digests/{digest.id}/edit?show={show}&page=1&q=図書館")
    assert page.status_code == 200
    words = {"loose": "満車", "aside": "夜間", "rest": "ありがとう", "found": "仕事帰り"}
    assert words.get(show, "論点1") in page.text


@pytest.mark.parametrize(
    "query", ["page=0", "page=99", "page=x", "page=²", "page=9999999999", "show=found&q="]
)
async def test_a_senseless_address_shows_an_empty_bench(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, query: str, digest: Digest
) -> None:
    assert (await desk.get(f"/digests/{digest.id}/edit?{query}")).status_code == 200


@pytest.mark.parametrize("words", ["\0", "\u202e", "長" * 101])
async def test_words_that_nobody_can_look_for_come_back_as_they_were_typed(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, words: str, digest: Digest
) -> None:
    page = await desk.get(f"/digests/{digest.id}/edit", params={"show": "found", "q": words})
    assert page.status_code == 422
    assert values(parsed(page))["q"] == visible(words)
    assert "q" in problems(parsed(page))


async def test_all_groups_of_a_page_are_confirmed_with_one_button(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, digest: Digest
) -> None:
    page = await desk.get(f"/digests/{digest.id}/edit")
    assert 'id="desk-pager" data-live-channel' in page.text
    shown = re.findall(r'name="shown" value="(\d+)"', page.text)
    assert (await press(desk, digest.id, db, act="confirm_shown", shown=shown)).status_code == 303
    assert {disposition for disposition, _number in (await standing(db, digest.id)).values()} <= {
        "used",
        "merged",
    }


async def test_an_act_that_lacks_something_keeps_what_was_chosen(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, digest: Digest
) -> None:
    opinion = await said_in(db, digest.id, "満車")
    refused = await press(desk, digest.id, db, act="set_aside", opinions=opinion.id, note="")
    assert refused.status_code == 422
    assert "対象外にする理由を選ぶか、書いてください。" in refused.text
    assert f'value="{opinion.id}" form="desk" checked' in refused.text


async def test_the_second_of_two_clerks_is_told_what_changed_and_loses_nothing(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, digest: Digest
) -> None:
    colleague = await a_staff_member(db)
    opinion = await said_in(db, digest.id, "満車")
    await act(db, colleague, digest.id, "set_aside", opinions=[opinion.id], reason="試し")
    late = await desk.post(
        f"/digests/{digest.id}/edit",
        data={"version": digest.version, "act": "split", "opinions": opinion.id, "title": "満車の駐輪場"},
    )
    assert late.status_code == 409
    assert f"{colleague.pen_name}さんの「対象外にする」" in late.text
    assert 'value="満車の駐輪場"' in late.text


async def test_words_of_a_group_that_somebody_else_changed_come_back_beside_theirs(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, digest: Digest
) -> None:
    group = (await groups_of(db, digest.id))[0]
    address = f"/digests/{digest.id}/groups/{group.id}"
    first = await desk.post(
        address, data={"version": digest.version, "title": "図書館", "summary": "先の要約"}
    )
    assert first.headers["location"].endswith(f"#group-{group.id}")
    late = await desk.post(
        address, data={"version": digest.version, "title": "図書館", "summary": "後の要約"}
    )
    assert late.status_code == 409
    assert "先の要約" in late.text
    assert "後の要約" in late.text


async def test_title_and_summary_of_the_whole_are_saved_or_come_back(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, digest: Digest
) -> None:
    address = f"/digests/{digest.id}/heading"
    saved = await desk.post(
        address, data={"version": digest.version, "title": "駅前", "summary": "二つの論点。"}
    )
    assert saved.status_code == 303
    assert (await the_digest(db, digest.id)).summary == "二つの論点。"
    refused = await desk.post(
        address, data={"version": digest.version + 1, "title": "", "summary": "書いた要約"}
    )
    assert refused.status_code == 422
    assert "書いた要約" in refused.text


async def test_the_bench_says_what_changed_in_the_room_and_takes_it_in(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    await a_post(db, topic=posts[0], body="街灯を増やしてください。")
    assert "まだ取り込まれていない発言が1件" in (await desk.get(f"/digests/{digest.id}/edit")).text
    assert (await desk.post(f"/digests/{digest.id}/retake")).status_code == 303
    assert "街灯を増やして" in (await desk.get(f"/digests/{digest.id}/edit?show=open")).text


async def test_the_sentence_that_says_what_a_long_opinion_is_about_stands_under_the_title(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    words = "街灯の明るさが足りません。" + "ずっと暗いままなのです。" * 10
    post = await a_post(db, topic=posts[0], body=words)
    digest = await a_draft(db, posts, clerk)
    shown = '<p class="quoted">街灯の明るさが足りません。</p>'
    group_id = (await said_in(db, digest.id, "街灯")).group_id
    address = f"/digests/{digest.id}/groups/{group_id}"
    await desk.post(address, data={"title": "街灯", "summary": "", "version": digest.version})
    assert shown in (await desk.get(f"/digests/{digest.id}/edit")).text
    await hide(db, post)
    assert "明るさが足りません" not in (await desk.get(f"/digests/{digest.id}/edit")).text


async def test_a_near_copy_is_shown_with_its_own_words(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    await a_post(db, topic=posts[0], body="北口の公園に木かげを残して下さい。")
    copy = await a_post(db, topic=posts[0], body="北口の公園に、木かげは残してください。")
    digest = await a_draft(db, posts, clerk)
    bench = f"/digests/{digest.id}/edit"
    assert "同じ文・ほぼ同じ文がほかに1件" in (await desk.get(bench)).text
    assert "<ins>かげは</ins>" in (await desk.get(bench)).text
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    assert "<ins>かげは</ins>" in (await desk.get(f"/digests/{digest.id}")).text
    await hide(db, copy)
    assert "<ins>" not in (await desk.get(f"/digests/{digest.id}")).text


async def test_the_words_of_a_hidden_post_are_on_no_page(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    await hide(db, posts[3])
    for show in ("groups", "found&q=満車"):
        assert "いつも満車です" not in (await desk.get(f"/digests/{digest.id}/edit?show={show}")).text


async def test_a_digest_still_being_compiled_says_so(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 1)
    digest = await a_draft(db, await a_discussion(db), clerk)
    page = await desk.get(f"/digests/{digest.id}/edit")
    assert "発言を読み取って" in page.text
    assert f'data-live-channel="digest:{digest.id}"' in page.text
    assert '<progress id="digest-percent" max="100" value="0">' in page.text
    stopped = await a_draft(db, await a_discussion(db), clerk)
    assert (await desk.post(f"/digests/{stopped.id}/cancel")).headers["location"] == "/digests"
    assert "取りやめています。" in (await desk.get(f"/digests/{stopped.id}/progress")).text
    await actions.compile_digest(db, digest.id)
    assert "案ができました。" in (await desk.get(f"/digests/{digest.id}/progress")).text


async def test_what_stands_in_the_way_is_listed_before_publishing(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    late = await a_post(db, topic=posts[0], body="街灯を増やしてください。")
    check = await desk.get(f"/digests/{digest.id}/publish")
    assert "まだ整理されていない意見が5件あります。" in check.text
    assert f'href="/posts/{late.id}"' in check.text
    unsorted = await desk.get(f"/digests/{digest.id}/edit?show=found&standing=undecided")
    assert "5件見つかりました。" in unsorted.text
    forced = await desk.post(f"/digests/{digest.id}/publish", data={"version": digest.version})
    assert forced.status_code == 403
    stale = await desk.post(f"/digests/{digest.id}/publish", data={"version": digest.version + 9})
    assert stale.status_code == 409


async def test_an_author_finds_what_became_of_their_words(
    client: httpx.AsyncClient, db: Database, login: Login, clerk: Actor
) -> None:
    posts, writer = await a_discussion(db), await an_account(db)
    await a_post(db, writer, topic=posts[0], body="今日は暑いですね。")
    digest = await a_draft(db, posts, clerk)
    weather = await said_in(db, digest.id, "暑い")
    await act(db, clerk, digest.id, "set_aside", opinions=[weather.id], reason="意見ではないため")
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    assert writer.id is not None
    await login(client, writer.id)
    inbox = await client.get("/inbox")
    assert "「駅前と図書館」にまとめられました" in inbox.text
    found = await client.get(f"/digests/{digest.id}/opinions/{weather.id}")
    assert found.headers["location"] == f"/digests/{digest.id}/set-aside?page=1#opinion-{weather.id}"
    aside = await client.get(found.headers["location"])
    assert "意見ではないため" in aside.text
    assert "あなたの意見は、こうなりました" in (await client.get(f"/digests/{digest.id}")).text


async def test_every_opinion_can_be_found_by_its_number(
    client: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    digest = await published(db, clerk)
    opinion = await said_in(db, digest.id, "満車")
    found = await client.get(f"/digests/{digest.id}/opinions/{opinion.id}")
    assert found.headers["location"] == f"/digests/{digest.id}?page=1#opinion-{opinion.id}"
    assert f'id="opinion-{opinion.id}"' in (await client.get(found.headers["location"])).text
    assert (await client.get(f"/digests/{digest.id}/opinions/999999")).status_code == 404
    assert (await client.get(f"/digests/{digest.id}?page=9")).status_code == 404


async def test_the_data_is_enough_to_check_the_digest(
    client: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    """Recomputed from the downloaded file alone."""
    digest = await published(db, clerk)
    data = (await client.get(f"/digests/{digest.id}.json")).json()

    def citation(said: dict) -> Citation:
        named = {name: said[name] for name in ("start", "end", "text", "sha256", "disposition", "reason")}
        return Citation(source=said["source"]["sha256"], **named)

    publication = Publication(
        data["title"],
        data["summary"],
        [
            Theme(g["title"], g["summary"], [citation(o) for o in g["opinions"]], g["theme"])
            for g in data["groups"]
        ],
        [citation(o) for o in data["set_aside"]],
        *(datetime.fromisoformat(data[name]) for name in ("from", "to")),
        data["sha256"],
        data["hash_version"],
    )
    assert list(mismatches(publication)) == []
    assert data["ledger"]["opinions"]["received"] == 5
    assert data["manifest"]["texts"] == digest.manifest["texts"]
    assert [span["part"] for span in data["greetings_and_quotes"]] == ["greeting", "quote"]


async def test_withdrawn_and_hidden_words_leave_a_tombstone_on_the_page_and_in_the_data(
    client: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts, writer = await a_discussion(db), await an_account(db)
    withdrawn = await a_post(db, writer, topic=posts[0], body="街灯を増やしてください。")
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    hashes = [(await said_in(db, digest.id, words)).sha256 for words in ("街灯", "満車")]
    await discussing.withdraw(db, writer, withdrawn.id)
    await hide(db, posts[3])
    page, data = await client.get(f"/digests/{digest.id}"), await client.get(f"/digests/{digest.id}.json")
    for sha256 in hashes:
        assert sha256[:12] in page.text
        assert sha256 in data.text
    for words in ("街灯を増やして", "いつも満車です"):
        assert words not in page.text
        assert words not in data.text
    assert "書いた人が取り下げたため" in page.text


async def test_whatever_became_of_a_post_since_it_was_read_is_found(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    words = ("仕事帰り", "夜間の開館", "足りません", "満車", "子ども食堂")
    edited, hidden, _untouched, masked, moved = [await said_in(db, digest.id, each) for each in words]
    await edit(db, await actor(db, posts[0].author_id), posts[0], "図書館を朝も開けてほしいです。")
    await hide(db, posts[1])
    await mask(db, await a_moderator(db), posts[3], "立体")
    await transfer(
        db,
        await a_moderator(db),
        posts[0].topic_id,
        "new",
        [posts[4]],
        title="子ども食堂の話題",
        board_id=posts[0].board_id,
    )

    async def found(query: str) -> str:
        page = (await desk.get(f"/digests/{digest.id}/edit?show=found&standing=changed{query}")).text
        return page.partition('id="desk-list"')[2].partition("</ul>\n<div")[0]

    page = await found("")
    assert {int(number) for number in re.findall(r'id="opinion-(\d+)"', page)} == {
        opinion.id for opinion in (edited, hidden, masked, moved)
    }
    for said in (
        "あとで編集された",
        "取り下げ・非公開",
        "あとで■で伏せられた",
        "あとで別の話題へ移された",
        "■■の駐輪場",
    ):
        assert said in page
    assert "夜間の開館" not in page
    assert f"opinion-{hidden.id}" not in await found("&q=夜間") + await found("&kind=support"), (
        "nothing is tried out"
    )
    await actions.retake(db, clerk, digest.id)
    assert "opinion-" not in await found("")


async def test_what_is_missing_is_named_with_a_way_to_it(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts, clerk)
    for number in range(LISTED + 2):
        late = await a_post(db, topic=posts[0], body=f"{number}番目のベンチを置いてください。")
    await edit(db, await actor(db, posts[3].author_id), posts[3], "立体の駐輪場を検討してください。")
    version, changed = (await the_digest(db, digest.id)).version, await said_in(db, digest.id, "満車")
    bench = (await desk.get(f"/digests/{digest.id}/edit")).text
    refused = await desk.post(f"/digests/{digest.id}/publish", data={"version": version})
    for page in (bench, refused.text):
        assert "まだ取り込まれていない発言が22件あります。" in page
        assert f'<a href="/posts/{late.id - 2}">野川の緑 #{late.number - 2}</a>' in page
        assert f'<a href="/posts/{late.id}">' not in page
        assert "<li>ほか2件</li>" in page
        assert f'<a href="/digests/{digest.id}/opinions/{changed.id}">' in page
    assert refused.status_code == 403
    found = await desk.get(f"/digests/{digest.id}/opinions/{changed.id}")
    assert f'id="opinion-{changed.id}"' in (await desk.get(found.headers["location"])).text
    group = await desk.get(f"/digests/{digest.id}/groups/{changed.group_id}?show=loose&page=7")
    assert (
        group.headers["location"] == f"/digests/{digest.id}/edit?show=groups&page=1#group-{changed.group_id}"
    )


async def test_a_group_that_a_colleague_takes_away_meanwhile_is_missed_by_nobody(
    db: Database, clerk: Actor, digest: Digest
) -> None:
    gone, *_others = await groups_of(db, digest.id)
    ledger = replace(await ledger_of(db, digest), unquoted=(gone.id,))
    assert any(
        thing.name == gone.title
        for lack in await lacking(db, digest, ledger, await groups_of(db, digest.id))
        for thing in lack.things
    )
    members = [one.id for one in await opinions.in_groups(db, [gone.id])]
    await act(db, clerk, digest.id, "set_aside", opinions=members, reason="対象外")
    assert not any(
        thing.name == gone.title
        for lack in await lacking(db, digest, ledger, await groups_of(db, digest.id))
        for thing in lack.things
    )


async def test_the_bench_leads_on_from_a_refused_act_as_from_any_other_page(
    desk: httpx.AsyncClient, digest: Digest
) -> None:
    typed = {"title": "", "version": digest.version}
    refused = await desk.post(f"/digests/{digest.id}/heading?show=found", data=typed)
    assert refused.status_code == 422
    page, bench = parsed(refused), f"/digests/{digest.id}/edit"
    assert {link.partition("=")[0] for link in links(page) if "?show=" in link} == {f"{bench}?show"}
    assert bench in {form.get("action") for form in page.iterfind(".//form[@role='search']")}
    ids = {part.get("id") for part in page.iter()}
    assert {link for link in links(page) if link.startswith("#") and link[1:] not in ids} == set()
    (title,) = [part for part in page.iter("input") if part.get("id") == "digest-title"]
    assert "#digest-title" in links(page)
    assert title.get("aria-describedby") in ids


async def test_pages_cost_the_same_however_much_was_said(
    desk: httpx.AsyncClient, db: Database, clerk: Actor, queries: Budget
) -> None:
    posts = await a_discussion(db)
    for n in range(12):
        await a_post(db, topic=posts[0], body=f"公園{n}のベンチを{n}台増やしてください。")
    digest = await a_draft(db, posts, clerk)
    async with queries(10):
        assert (await desk.get(f"/digests/{digest.id}/edit")).status_code == 200
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    async with queries(8):
        assert (await desk.get(f"/digests/{digest.id}")).status_code == 200
    async with queries(5):
        assert (await desk.get(f"/digests/{digest.id}.json")).status_code == 200
    async with queries(3):
        assert (await desk.get("/digests")).status_code == 200


async def test_opinions_are_found_by_kind_board_and_how_they_stand(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    posts = await a_discussion(db)
    await a_post(db, clerk, topic=posts[0], body="歩道橋についても、ご意見をお聞かせください。")
    digest = await a_draft(db, posts, clerk)
    aside = await said_in(db, digest.id, "満車")
    await act(db, clerk, digest.id, "set_aside", opinions=[aside.id], reason="対象外")
    await edit(db, await actor(db, posts[0].author_id), posts[0], "図書館を朝も開けてほしいです。")

    async def found(query: str) -> set[str]:
        page = (await desk.get(f"/digests/{digest.id}/edit?show=found&{query}")).text
        page = page.partition('id="desk-list"')[2]
        return {
            words
            for words in ("仕事帰り", "夜間の開館", "足りません", "満車", "子ども食堂", "お聞かせ")
            if words in page
        }

    assert await found("standing=set_aside") == {"満車"}
    assert await found("standing=changed") == {"仕事帰り"}
    assert await found("standing=office") == {"お聞かせ"}, "the town's own calls are no opinions of residents"
    assert await found("kind=support") == {"夜間の開館"}
    assert await found(f"board={posts[0].board_id}&q=駐輪場") == {"足りません", "満車"}
    assert await found("board=999999") == await found("kind=nothing&standing=x&board=x") == set()


async def test_only_what_is_very_long_is_folded_on_the_bench(
    desk: httpx.AsyncClient, db: Database, clerk: Actor
) -> None:
    """A clerk reads every word: what can be read without a press is."""
    posts = await a_discussion(db)
    for letters in (900, 1100):
        await a_post(db, topic=posts[0], body=f"{'広場' * (letters // 2)}を直してください。")
    digest = await a_draft(db, posts, clerk)
    shown = (await desk.get(f"/digests/{digest.id}/edit")).text
    assert f"{'広場' * 450}を直してください。" in shown
    assert shown.count("続きを読む") == 1
