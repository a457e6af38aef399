"""axe-core finds nothing to complain of, and no page scrolls sideways, in both languages, light and dark.

Words do not change with the colours: each language is looked at in one scheme, and in both with `SCREENS_EVERYTHING=1`.
"""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page

from forum.access import Actor
from tests.browser.conftest import Enter

Scheme = Literal["light", "dark"]
# The narrowest window that text must fit into (WCAG 2.2, 1.4.10), and that of a desk. A page is loaded once and then
# turned from one into the other: what depends on either is style, and axe-core runs far faster the second time.
WIDTHS: dict[Scheme, int] = {"light": 320, "dark": 1280}
SCHEMES: dict[str, set[Scheme]] = {"ja": {"light"}, "en": {"dark"}}
OPEN_MENUS = "document.querySelectorAll('details').forEach(details => { details.open = true })"
PIXELS_TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
# Every rule; but only what is wrong comes back, for thousands of nodes pass. No rule here asks for the style sheets again.
PROBLEMS = """axe.run({ resultTypes: ['violations'], selectors: false, preload: false }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)))"""


@dataclass(frozen=True, slots=True)
class Tour:
    """Somebody, and the pages that they look at."""

    visitor: Actor | None
    addresses: tuple[str, ...]


Look = Callable[[list[Tour]], Awaitable[None]]


@pytest.fixture(params=["ja", "en"])
def look(browser: Browser, site_url: str, enter: Enter, request: pytest.FixtureRequest) -> Look:
    """Goes on tours, in every language and colour scheme, and fails with all that is wrong."""
    locale: str = request.param
    schemes = set(WIDTHS) if "SCREENS_EVERYTHING" in os.environ else SCHEMES[locale]

    async def on(tours: list[Tour]) -> None:
        found: list[str] = []
        # One window for all: a third of the work was to start others, and to compile axe-core and our scripts in them.
        async with await browser.new_context(base_url=site_url) as context:
            await context.add_init_script(AXE_SCRIPT)
            page = await context.new_page()
            for tour in tours:
                await context.clear_cookies()
                await context.add_cookies([{"name": "locale", "value": locale, "url": site_url}])
                if tour.visitor:
                    await enter(context, tour.visitor)
                for address in tour.addresses:
                    found += [f"{address}, {problem}" for problem in await _problems(page, address, schemes)]
                assert await page.locator("html").get_attribute("lang") == locale
        assert "\n".join(found) == ""

    return on


async def _problems(page: Page, address: str, schemes: set[Scheme]) -> list[str]:
    """What is wrong with a page, whichever way it is looked at; with its colours and the rest in these schemes."""
    found: list[str] = []
    await page.goto(address)
    await page.evaluate(OPEN_MENUS)
    for scheme, width in WIDTHS.items():
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 800})
        if scheme in schemes:
            found += [f"{scheme}: {problem}" for problem in await page.evaluate(PROBLEMS)]
        if (much := await page.evaluate(PIXELS_TOO_WIDE)) > 0:
            found.append(f"{scheme}: {much} px too wide")
    return found
