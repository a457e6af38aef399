"""axe-core finds nothing to complain of, and no page scrolls sideways, in both languages, light and dark."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from forum.access import Actor
from tests.browser.conftest import Enter

Scheme = Literal["light", "dark"]
# The narrowest window that text must fit into (WCAG 2.2, 1.4.10), and that of a desk. Half of the work each.
WIDTHS: dict[Scheme, int] = {"light": 320, "dark": 1280}
OPEN_MENUS = "document.querySelectorAll('details').forEach(details => { details.open = true })"
PIXELS_TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
MANNERS: list[tuple[str, Scheme]] = [("ja", "light"), ("ja", "dark"), ("en", "light"), ("en", "dark")]


@dataclass(frozen=True, slots=True)
class Tour:
    """Somebody, and the pages that they look at."""

    visitor: Actor | None
    addresses: tuple[str, ...]


Look = Callable[[list[Tour]], Awaitable[None]]


@pytest.fixture(params=MANNERS, ids=" ".join)
def look(browser: Browser, site_url: str, enter: Enter, request: pytest.FixtureRequest) -> Look:
    """Goes on tours, in every language and colour scheme, and fails with all that is wrong."""
    locale, scheme = request.param

    async def on(tours: list[Tour]) -> None:
        found: list[str] = []
        for tour in tours:
            async with await browser.new_context(base_url=site_url, color_scheme=scheme) as context:
                await context.add_cookies([{"name": "locale", "value": locale, "url": site_url}])
                if tour.visitor:
                    await enter(context, tour.visitor)
                page = await context.new_page()
                await page.set_viewport_size({"width": WIDTHS[scheme], "height": 800})
                for address in tour.addresses:
                    found += [f"{address}: {problem}" for problem in await _problems(page, address)]
                assert await page.locator("html").get_attribute("lang") == locale
        assert "\n".join(found) == ""

    return on


async def _problems(page: Page, address: str) -> list[str]:
    await page.goto(address)
    await page.evaluate(OPEN_MENUS)
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ] + [f"{much} px too wide" for much in [await page.evaluate(PIXELS_TOO_WIDE)] if much > 0]
