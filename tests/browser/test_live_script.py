"""live.js in a real browser, on a small page of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from html import escape
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from playwright.async_api import Route as Way
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from realtime.hub import Hub
from realtime.polling import polling_endpoint
from realtime.protocol import MAX_CHANNELS, Close, Delta
from realtime.socket import live_endpoint
from tests.realtime.room import Room, Source, Visitor, eventually, serving

SCRIPTS = Path(__file__).parents[2] / "forum/static"
CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self'"
# Milliseconds in which a page without a connection has surely tried again, and asked.
LONGEST_PAUSE = 40_000
STYLE = "body { margin: 0 } article { height: 300px } [hidden] { display: none }"


class World(Room):
    """A room with a page: one topic by number, one list without."""

    def __init__(self) -> None:
        super().__init__()
        self.to: int | None = None
        self.rows: list[tuple[str, int]] = [("row-a", 30), ("row-b", 20), ("row-c", 10)]
        self.arrivals = 0
        self.questions = 0
        self.boards = 0
        # With what the page is answered when it is asked for again.
        self.refusals: list[Response] = []

    async def identify(self, connection: HTTPConnection) -> Visitor | None:
        self.arrivals += connection.scope["type"] == "websocket"
        self.questions += connection.scope["type"] == "http"
        return await super().identify(connection)

    def page(self, request: Request) -> Response:
        if self.refusals:
            return self.refusals.pop(0)
        topic = self.source()
        posts = "".join(
            topic.elements[name].html or ""
            for name in topic.in_order()
            if self.to is None or topic.elements[name].order <= self.to
        )
        rows = "".join(row(name, order) for name, order in self.rows)
        upper = f'data-live-to="{self.to}"' if self.to is not None else ""
        return HTMLResponse(
            f"""<!doctype html><html lang="ja"><title>room</title><link rel="stylesheet" href="/style.css">
            <body data-viewer="me"><h1>会議室</h1>
            <button data-live-pause hidden data-text-pause="止める" data-text-resume="再開"
              data-text-waiting="再開（{{n}}件）"></button>
            <ul id="rows" data-live-channel="home" data-live-order="desc" data-live-limit="3">{rows}</ul>
            <b id="count" data-live-channel="queue" data-live-order="none">0</b>
            <main id="main"><section id="posts" data-live-channel="topic:1" data-live-number="{topic.changes}"
              data-live-from="1" {upper} data-live-last="{len(topic.elements)}">{posts}</section></main>
            <a id="newer" href="#" hidden data-live-newer="topic:1" data-text="新しい投稿が{{n}}件あります"
              data-text-one="新しい投稿が1件あります"></a>
            {"".join(f'<i data-live-channel="board:{n}"></i>' for n in range(self.boards))}
            <textarea id="reply"></textarea>
            <p id="live-status" role="status" data-text="{{n}}件の新着" data-text-one="1件だけ新着"></p>
            <script type="module" src="/scripts/live/live.js"></script>""",
            headers={"Content-Security-Policy": CSP},
        )

    def app(self, live: bool = True) -> Starlette:
        endpoint = live_endpoint(self.hub, self.identify, self.may_hear, self.catch_up)
        answers = polling_endpoint(self.identify, self.may_hear, self.catch_up, lambda _: "")
        socket = [WebSocketRoute("/live", endpoint)] if live else []
        return Starlette(
            routes=[
                Route("/", self.page),
                Mount("/scripts", StaticFiles(directory=SCRIPTS)),
                Route("/style.css", lambda _: Response(STYLE, media_type="text/css")),
                *socket,
                Route("/live", answers),
            ]
        )

    def post(self, number: int, text: str = "", author: str = "someone") -> Delta:
        words = escape(text or f"post {number}")
        html = (
            f'<article id="post-{number}" data-order="{number}" data-author="{author}"><p>{words}</p>'
            f'<a href="#{number}">reply</a> <a href="#">report</a> <input></article>'
        )
        return self.source().put(f"post-{number}", html, number)


def row(name: str, order: int) -> str:
    return f'<li id="{name}" data-order="{order}"><a href="#{name}">{name} {order}</a></li>'


def row_delta(name: str, order: int) -> Delta:
    return Delta(number=None, kind="put", id=name, html=row(name, order), order=order)


@pytest.fixture
def world() -> World:
    world = World()
    for number in (1, 2, 3):
        world.post(number)
    return world


Visit = Callable[..., AbstractAsyncContextManager[Page]]


@pytest.fixture
def visit(world: World, browser: Browser) -> Visit:
    @asynccontextmanager
    async def visit(live: bool = True, clock: bool = False) -> AsyncIterator[Page]:
        async with serving(world.app(live)) as address:
            page = await browser.new_page()
            if clock:
                await page.clock.install()
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda m: complaints.append(m.text) if "Security Policy" in m.text else None)
            await page.goto(f"http://{address}/")
            if live:
                await eventually(lambda: bool(world.hub.listening("queue")))
                await expect(page.locator("html")).to_have_attribute("data-live", "on")
            yield page
            assert complaints == []
            await page.close()

    return visit


async def ids(page: Page, container: str = "#posts") -> list[str]:
    found: list[str] = await page.eval_on_selector_all(f"{container} > [id]", "all => all.map(e => e.id)")
    return found


# How the page fares: how far the reader's post moved, how often the posts changed, and how often at most between two frames.
# A page that is not drawn for half a second changes all the same.
WATCH = """() => {
  const post = document.getElementById("post-120");
  const start = post?.getBoundingClientRect().top;
  let drawn = 0, before = 0;
  window.watched = { drift: 0, changes: 0, inAFrame: 0 };
  new MutationObserver(() => { watched.changes += 1; }).observe(document.getElementById("posts"), { childList: true });
  const frame = () => {
    const now = performance.now();
    watched.drift = Math.max(watched.drift, Math.abs((post?.getBoundingClientRect().top ?? 0) - (start ?? 0)));
    if (now - drawn < 500) watched.inAFrame = Math.max(watched.inAFrame, watched.changes - before);
    drawn = now;
    before = watched.changes;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""

# As an old phone draws: ten times a second. What waits for a frame already has it first.
SLOWLY = """async () => {
  await new Promise((draw) => requestAnimationFrame(draw));
  const waiting = [];
  window.requestAnimationFrame = (draw) => waiting.push(draw);
  setInterval(() => waiting.splice(0).forEach((draw) => draw(performance.now())), 100);
}"""


async def look(page: Page, *, away: bool) -> None:
    """Put the page in the background, or take it out."""
    await page.evaluate(
        """away => {
          Object.defineProperty(document, "hidden", { value: away, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


async def hold_up(page: Page, words: str) -> tuple[asyncio.Event, asyncio.Event]:
    """The page with these words, when it is asked for again, waits on its way. That it left, and that it may come."""
    left, may_come = asyncio.Event(), asyncio.Event()

    async def carry(way: Way) -> None:
        answer = await way.fetch()
        if words in await answer.text():
            left.set()
            await may_come.wait()
        await way.fulfill(response=answer)

    await page.route("**/", carry)
    return left, may_come


async def holds(page: Page, number: int) -> None:
    await expect(page.locator("#posts")).to_have_attribute("data-live-number", str(number))


async def test_posts_appear_in_order_change_and_go(world: World, visit: Visit) -> None:
    async with visit() as page:
        fifth, fourth = world.post(5), world.post(4)
        world.tell(fifth, fourth)
        await holds(page, 5)
        assert await ids(page) == ["post-1", "post-2", "post-3", "post-4", "post-5"]
        world.tell(world.post(2, "edited"))
        world.tell(world.source().skip())
        world.tell(world.source().remove("post-1"))
        await holds(page, 8)
        assert await ids(page) == ["post-2", "post-3", "post-4", "post-5"]
        await expect(page.locator("#post-2 p")).to_have_text("edited")


async def test_what_is_new_is_announced_once_for_a_burst_and_own_words_never(
    world: World, visit: Visit
) -> None:
    async with visit() as page:
        world.tell(world.post(4), world.post(5))
        world.tell(world.post(6, author="me"))
        world.tell(world.post(4, "edited"))
        await expect(page.locator("#live-status")).to_have_text("2件の新着")
        world.tell(world.post(7))
        await expect(page.locator("#live-status")).to_have_text("1件だけ新着")


async def test_posts_beyond_the_page_are_counted_not_shown(world: World, visit: Visit) -> None:
    world.to = 3
    async with visit() as page:
        await expect(page.locator("#newer")).to_be_hidden()
        world.tell(world.post(4))
        await expect(page.locator("#newer")).to_have_text("新しい投稿が1件あります")
        world.tell(world.post(5), world.post(4, "edited"), world.post(6, author="me"))
        await holds(page, 7)
        await expect(page.locator("#newer")).to_have_text("新しい投稿が2件あります")
        assert await ids(page) == ["post-1", "post-2", "post-3"]


async def test_a_gap_is_closed_by_catching_up(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.post(4)  # never told
        world.tell(world.post(5))
        await holds(page, 5)
        assert await ids(page) == ["post-1", "post-2", "post-3", "post-4", "post-5"]


async def test_a_page_comes_back_by_itself_and_catches_up(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.answers.clear()  # else it may be back before anybody has seen it without a connection
        world.hub.close(Close.TOO_SLOW)
        world.post(4)
        world.rows = [("row-d", 40), ("row-a", 30), ("row-b", 20)]
        await expect(page.locator("html")).to_have_attribute("data-live", "off")
        world.answers.set()
        await holds(page, 4)
        await expect(page.locator("#rows > li").first).to_have_text("row-d 40")
        assert await ids(page) == ["post-1", "post-2", "post-3", "post-4"]
        assert await ids(page, "#rows") == ["row-d", "row-a", "row-b"]


async def test_lost_messages_are_caught_up_with_when_the_server_says_so(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.post(4)
        world.rows = world.rows[::-1][:1]
        world.hub.resync()
        await holds(page, 4)
        await expect(page.locator("#rows > li")).to_have_count(1)


async def test_a_page_too_far_behind_is_fetched_anew(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.sources["topic:1"] = Source()  # as after a restored backup: 4 was never issued
        world.post(1, "from the backup")
        world.hub.resync()
        await holds(page, 1)
        assert await ids(page) == ["post-1"]
        await expect(page.locator("#post-1 p")).to_have_text("from the backup")
        world.tell(world.post(2))
        await holds(page, 2)


async def test_a_page_that_does_not_come_is_fetched_again(world: World, visit: Visit) -> None:
    async with visit(clock=True) as page:
        world.refusals = [Response("later", status) for status in (429, 503)]
        world.rows = [("row-d", 60)]
        world.hub.resync("home")
        await page.clock.run_for(2_000)
        await eventually(lambda: len(world.refusals) == 1)
        assert await ids(page, "#rows") == ["row-a", "row-b", "row-c"]
        # Each wait begins when the page has read the refusal before, at its own time.
        async with asyncio.timeout(20):
            while await ids(page, "#rows") != ["row-d"]:
                await page.clock.run_for(46_000)
        assert not world.refusals


async def test_a_page_that_comes_after_a_newer_one_is_not_shown(world: World, visit: Visit) -> None:
    """Twice something is wanted, and the first answer is held up on its way."""
    async with visit() as page:
        left, may_come = await hold_up(page, "old")
        world.rows = [("old", 60)]
        world.hub.resync("home")
        await left.wait()
        world.rows = [("new", 70)]
        world.hub.resync("home")
        await expect(page.locator("#rows > #new")).to_be_visible()
        async with page.expect_response("**/"):
            may_come.set()
        await page.wait_for_timeout(100)
        assert await ids(page, "#rows") == ["new"]


async def test_a_page_that_is_no_more_for_its_reader_says_so(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.refusals = [HTMLResponse("<main id='main'><h1>ページが見つかりません</h1></main>", 404)]
        world.hub.resync("home")
        await expect(page.locator("main")).to_have_text("ページが見つかりません")
        await expect(page.locator("#posts")).to_have_count(0)
    async with visit() as page:
        world.refusals = [HTMLResponse("<h1>of a proxy</h1>", 403)]
        world.hub.resync("home")
        await eventually(lambda: not world.refusals)
        world.tell(world.post(4))
        await holds(page, 4)
        assert await ids(page) == ["post-1", "post-2", "post-3", "post-4"]


async def test_a_reader_whose_channel_is_refused_keeps_nothing_of_a_page_that_is_none_of_theirs(
    world: World, visit: Visit
) -> None:
    async with visit() as page:
        world.forbidden.add("topic:1")
        world.refusals = [HTMLResponse("<main id='main'><h1>ログインしてください</h1></main>", 403)]
        world.hub.close(Close.JUDGE_ANEW)
        await expect(page.locator("main")).to_have_text("ログインしてください")
        await expect(page.locator("#posts")).to_have_count(0)
        world.tell(row_delta("row-d", 40), channel="home")
        await expect(page.locator("#row-d")).to_be_visible()


async def test_lists_reorder_and_keep_their_length(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.tell(row_delta("row-c", 50), channel="home")
        await expect(page.locator("#rows > li").first).to_have_text("row-c 50")
        assert await ids(page, "#rows") == ["row-c", "row-a", "row-b"]
        world.tell(row_delta("row-d", 60), row_delta("row-e", 5), channel="home")
        await expect(page.locator("#rows > li").first).to_have_text("row-d 60")
        assert await ids(page, "#rows") == ["row-d", "row-c", "row-a"]


async def test_an_element_without_order_is_replaced_and_never_inserted(world: World, visit: Visit) -> None:
    async with visit() as page:
        count = '<b id="count" data-live-channel="queue" data-live-order="none">7</b>'
        other = '<b id="other">7</b>'
        world.tell(
            Delta(number=None, kind="put", id="other", html=other),
            Delta(number=None, kind="put", id="count", html=count),
            channel="queue",
        )
        await expect(page.locator("#count")).to_have_text("7")
        await expect(page.locator("#other")).to_have_count(0)


async def test_pausing_holds_changes_back_until_resumed(world: World, visit: Visit) -> None:
    async with visit() as page:
        button = page.locator("[data-live-pause]")
        await expect(button).to_have_text("止める")
        await button.click()
        await expect(button).to_have_text("再開")
        await expect(page.locator("html")).to_have_attribute("data-live", "paused")
        world.tell(world.post(4))
        world.tell(world.post(5), world.post(4, "edited"))
        await expect(button).to_have_text("再開（2件）")
        assert await ids(page) == ["post-1", "post-2", "post-3"]
        await button.click()
        await holds(page, 6)
        await expect(page.locator("#post-4 p")).to_have_text("edited")
        await expect(button).to_have_text("止める")


async def test_a_page_on_its_way_when_a_pause_begins_waits_for_its_end(world: World, visit: Visit) -> None:
    async with visit() as page:
        left, may_come = await hold_up(page, "row-d")
        world.rows = [("row-d", 60)]
        world.hub.resync("home")
        await left.wait()
        button = page.locator("[data-live-pause]")
        await button.click()
        async with page.expect_response("**/"):
            may_come.set()
        await page.wait_for_timeout(100)
        assert await ids(page, "#rows") == ["row-a", "row-b", "row-c"]
        await button.click()
        await expect(page.locator("#rows > li")).to_have_count(1)


async def test_a_long_pause_ends_in_catching_up(world: World, visit: Visit) -> None:
    async with visit() as page:
        await page.locator("[data-live-pause]").click()
        for number in range(600):
            world.tell(world.post(4, f"version {number}"))
            if number % 50 == 0:
                await page.wait_for_timeout(20)
        await page.wait_for_timeout(200)
        await page.locator("[data-live-pause]").click()
        await holds(page, 603)
        await expect(page.locator("#post-4 p")).to_have_text("version 599")


async def test_the_reader_keeps_the_place_while_posts_arrive_above(world: World, visit: Visit) -> None:
    for number in range(5, 15):
        world.post(number)
    async with visit() as page:
        await page.evaluate("document.getElementById('post-10').scrollIntoView()")
        before = await page.evaluate("document.getElementById('post-10').getBoundingClientRect().top")
        world.tell(world.post(4))
        world.tell(world.source().remove("post-1"), world.source().remove("post-2"))
        await holds(page, 16)
        await page.wait_for_timeout(100)
        after = await page.evaluate("document.getElementById('post-10').getBoundingClientRect().top")
        assert abs(after - before) < 1


async def test_a_reply_being_written_below_stays_where_it_is(world: World, visit: Visit) -> None:
    async with visit() as page:
        await page.locator("#reply").scroll_into_view_if_needed()
        await page.locator("#reply").type("下書き")
        before = await page.evaluate("document.getElementById('reply').getBoundingClientRect().top")
        world.tell(world.post(4), world.post(5))
        await holds(page, 5)
        await page.wait_for_timeout(100)
        after = await page.evaluate("document.getElementById('reply').getBoundingClientRect().top")
        assert abs(after - before) < 1
        assert await page.evaluate("document.activeElement.id") == "reply"


async def test_the_focus_stays_on_the_same_control(world: World, visit: Visit) -> None:
    async with visit() as page:
        await page.locator("#post-2 a").nth(1).focus()
        world.tell(world.post(2, "edited"))
        await holds(page, 4)
        assert await page.evaluate("document.activeElement.textContent") == "report"
        assert await page.evaluate("document.activeElement.closest('article').id") == "post-2"


async def test_the_focus_goes_along_with_a_row_that_moves_and_stays_in_the_list_when_its_row_goes(
    world: World, visit: Visit
) -> None:
    focused = "document.activeElement.closest('li')?.id"
    async with visit() as page:
        await page.locator("#row-b a").focus()
        world.tell(row_delta("row-b", 50), channel="home")
        await expect(page.locator("#rows > li").first).to_have_text("row-b 50")
        assert await page.evaluate(focused) == "row-b"
        for gone, then in (("row-b", "row-a"), ("row-a", "row-c")):
            world.tell(Delta(number=None, kind="remove", id=gone), channel="home")
            await expect(page.locator(f"#{gone}")).to_have_count(0)
            assert await page.evaluate(focused) == then
        world.tell(row_delta("row-d", 60), channel="home")
        await expect(page.locator("#row-d")).to_be_visible()
        world.tell(Delta(number=None, kind="remove", id="row-c"), channel="home")
        await expect(page.locator("#row-c")).to_have_count(0)
        assert await page.evaluate(focused) == "row-d"


async def test_what_is_typed_into_an_element_is_not_lost(world: World, visit: Visit) -> None:
    async with visit() as page:
        field = page.locator("#post-2 input")
        await field.type("half a thought")
        world.tell(world.post(2, "edited"))
        await holds(page, 4)
        await page.locator("#reply").focus()
        await expect(field).to_have_value("half a thought")
        await field.fill("")
        await page.locator("#reply").focus()
        await expect(page.locator("#post-2 p")).to_have_text("edited")


async def test_where_websockets_are_blocked_the_page_asks_over_plain_http(world: World, visit: Visit) -> None:
    async with visit(live=False) as page:
        await expect(page.locator("html")).to_have_attribute("data-live", "off")
        world.post(4)
        world.post(2, "edited")
        world.rows.insert(0, ("row-d", 40))
        await expect(page.locator("#post-4")).to_be_visible(timeout=LONGEST_PAUSE)
        await holds(page, 5)
        await expect(page.locator("#post-2 p")).to_have_text("edited")
        await expect(page.locator("#rows > li").first).to_have_text("row-d 40")
        world.source().remove("post-1")
        await expect(page.locator("#post-1")).to_have_count(0, timeout=LONGEST_PAUSE)
        assert await ids(page) == ["post-2", "post-3", "post-4"]


# A connection that waits until it is said to fail.
NO_CONNECTION = """() => {
  window.tried = [];
  window.WebSocket = class { static OPEN = 1; readyState = 3; constructor() { tried.push(this); } close() {} };
}"""


async def test_a_page_that_is_not_wanted_any_more_asks_no_more(world: World, visit: Visit) -> None:
    """Also where it hears that in the moment in which its next attempt to connect fails."""
    world.forbidden.update(("topic:1", "home", "queue"))
    world.answers.clear()
    async with visit(live=False, clock=True) as page:
        answered = asyncio.Event()
        page.on("requestfinished", lambda request: answered.set() if "/live?" in request.url else None)
        # From here on its time passes only where it is told to.
        await page.clock.pause_at(await page.evaluate("Date.now() / 1000 + 60"))
        while not world.questions:
            await page.clock.run_for(1_000)
        await page.evaluate(NO_CONNECTION)
        while not await page.evaluate("tried.length"):
            await page.clock.run_for(1_000)
        world.answers.set()
        await answered.wait()
        await page.evaluate("tried.pop().onclose({ code: 1006 })")
        world.post(4)
        await page.clock.run_for(1_000)
        await expect(page.locator("#post-4")).to_be_visible()  # what the page itself still tells this reader
        world.post(5)
        await page.clock.run_for(60_000)
        await page.wait_for_timeout(300)
        assert await page.evaluate("tried.length") == 0
        assert world.questions == 1
        assert await ids(page) == ["post-1", "post-2", "post-3", "post-4"]


async def test_a_page_that_may_hear_nothing_any_more_does_not_come_back(world: World, visit: Visit) -> None:
    async with visit() as page:
        world.forbidden.update(("topic:1", "home", "queue"))
        world.hub.close(Close.JUDGE_ANEW)
        await eventually(lambda: world.arrivals == 2)
        await eventually(lambda: world.hub.sockets == 0)
        await expect(page.locator("html")).to_have_attribute("data-live", "off")
        await page.evaluate("window.dispatchEvent(new Event('online'))")
        await page.wait_for_timeout(3_000)
        assert world.arrivals == 2
        assert world.hub.counts.closes[Close.GARBAGE] == 0


async def test_what_shows_an_element_elsewhere_goes_when_that_changes(world: World, visit: Visit) -> None:
    async with visit() as page:
        await page.evaluate(
            """() => {
              const copy = document.createElement("div");
              copy.innerHTML = '<p data-live-copy="post-2">old words</p><p data-live-copy="post-9">others</p>';
              document.getElementById("post-1").append(copy);
            }"""
        )
        world.tell(world.post(2, "edited"))
        await expect(page.get_by_text("old words")).to_have_count(0)
        await expect(page.get_by_text("others")).to_be_visible()
        world.tell(world.post(9, "beyond"), world.source().remove("post-3"))
        await expect(page.get_by_text("others")).to_have_count(0)


async def test_a_page_of_more_lists_than_may_be_heard_hears_the_first_ones(
    world: World, visit: Visit
) -> None:
    """As the front page of a large town."""
    world.boards = MAX_CHANNELS
    async with visit() as page:
        world.tell(world.post(4))
        await holds(page, 4)
        assert world.hub.channels == MAX_CHANNELS


async def test_a_page_in_the_background_goes_quiet_and_catches_up_when_looked_at(
    world: World, visit: Visit
) -> None:
    async with visit(clock=True) as page:
        await look(page, away=True)
        await page.clock.fast_forward(30_000)
        world.tell(world.post(4))
        await holds(page, 4)
        assert world.hub.sockets == 1, "it listens for a while"
        await page.clock.fast_forward(31_000)
        await eventually(lambda: world.hub.sockets == 0)
        await expect(page.locator("html")).to_have_attribute("data-live", "off")
        world.post(5)
        world.rows = world.rows[::-1][:1]
        await page.clock.fast_forward(600_000)
        assert world.hub.sockets == 0, "no attempts either"
        await look(page, away=False)
        await holds(page, 5)
        await expect(page.locator("#rows > li")).to_have_count(1)
        await expect(page.locator("html")).to_have_attribute("data-live", "on")


async def test_a_page_in_the_background_fetches_nothing_until_it_is_looked_at(
    world: World, visit: Visit
) -> None:
    """Where the server was away when it asked, it would ask on for ever."""
    async with visit(clock=True) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.route("**/", lambda route: route.abort())
        world.hub.resync()
        await eventually(lambda: world.hub.counts.resyncs == 1)
        await page.clock.run_for(2_000)
        await eventually(lambda: len(asked) > 0)
        await look(page, away=True)
        await page.clock.run_for(61_000)
        await page.wait_for_timeout(300)
        before = len(asked)
        await page.clock.run_for(120_000)
        await page.wait_for_timeout(300)
        assert len(asked) == before
        await page.unroute("**/")
        world.rows = world.rows[:1]
        await look(page, away=False)
        await page.clock.run_for(1_000)
        await expect(page.locator("#rows > li")).to_have_count(1)


async def test_a_glance_elsewhere_changes_nothing(world: World, visit: Visit) -> None:
    async with visit(clock=True) as page:
        await look(page, away=True)
        await page.clock.fast_forward(50_000)
        await look(page, away=False)
        await page.clock.fast_forward(50_000)
        assert world.arrivals == 1
        world.tell(world.post(4))
        await holds(page, 4)


@pytest.mark.parametrize(
    "sign",
    ["window.dispatchEvent(new Event('online'))", "navigator.connection.dispatchEvent(new Event('change'))"],
)
async def test_a_page_that_waits_for_its_next_attempt_is_woken_by_a_new_network(
    world: World, visit: Visit, sign: str
) -> None:
    async with visit(clock=True) as page:
        world.banned.add(None)
        world.hub.close(Close.FAILED)
        for attempts in (2, 3, 4):
            await eventually(lambda attempts=attempts: world.arrivals == attempts)
            await page.clock.fast_forward(8_000)
        await eventually(lambda: world.arrivals == 5)
        world.post(4)
        world.banned.clear()
        async with asyncio.timeout(5):  # by itself it would wait for eight at least
            while await page.locator("html").get_attribute("data-live") != "on":
                await page.evaluate(sign)  # again if it did not know yet that its last attempt has failed
                await asyncio.sleep(0.1)
        await holds(page, 4)


async def test_a_connection_that_died_in_silence_is_noticed_when_the_reader_returns(
    world: World, visit: Visit
) -> None:
    async with visit(clock=True) as page:
        await page.evaluate(
            "WebSocket.prototype.send = () => {}"
        )  # nothing gets through, and nothing says so
        await look(page, away=True)
        await look(page, away=False)
        await page.clock.fast_forward(6_000)
        await eventually(lambda: world.arrivals == 2)


async def test_a_storm_of_posts_changes_the_page_once_a_frame_and_leaves_the_reader_in_place(
    world: World, visit: Visit
) -> None:
    for number in range(100, 140):
        world.post(number)
    async with visit() as page:
        await page.evaluate("document.getElementById('post-120').scrollIntoView()")
        await page.evaluate(SLOWLY)
        await page.evaluate(WATCH)
        for n in range(200):
            # In turn above the reader, below, and changes of what there is.
            world.tell(world.post(n % 90 + 4 if n % 3 == 0 else n % 5 + 100 if n % 3 == 1 else n + 140))
            await asyncio.sleep(1 / 50)
        await holds(page, world.source().changes)
        seen = await page.evaluate("watched")
        assert seen["drift"] < 2
        assert seen["inAFrame"] == 1
        assert await ids(page) == world.source().in_order()


async def test_a_page_that_is_not_drawn_changes_all_the_same(world: World, visit: Visit) -> None:
    async with visit() as page:
        await page.evaluate("window.requestAnimationFrame = () => 0")
        world.tell(world.post(4))
        await holds(page, 4)
        world.tell(world.post(5))
        await holds(page, 5)


async def test_a_burst_changes_the_page_once(world: World, visit: Visit) -> None:
    async with visit() as page:
        await page.evaluate(WATCH)
        for number in range(4, 54):
            world.tell(world.post(number))
        await holds(page, 53)
        seen = await page.evaluate("watched")
        assert seen["changes"] < 10


async def test_the_hub_forgets_a_page_that_is_closed(world: World, visit: Visit) -> None:
    async with visit():
        hub: Hub = world.hub
        assert (hub.sockets, hub.channels) == (1, 3)
    await eventually(lambda: hub.sockets == 0)
