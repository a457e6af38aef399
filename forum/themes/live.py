"""Which themes are proposed, and how many people support each, on its open page and in the list of all."""

from functools import partial
from zlib import crc32

from forum import clock
from forum.access import GUEST, Actor
from forum.events import Event, PostChanged, ThemeChanged
from forum.live import Channel, Handler, Live, in_variant, row_id
from forum.paging import NEWEST
from forum.rendering import Renderer
from forum.themes import queries
from forum.themes.rules import THEMES_SHOWN, Theme, can_see
from realtime.protocol import Delta


async def may_hear_theme(live: Live, actor: Actor, name: str) -> bool:
    number = row_id(name)
    theme = await queries.theme(live.site.db, number) if number else None
    return theme is not None and bool(can_see(actor, theme))


async def may_hear_all(live: Live, actor: Actor, name: str) -> bool:
    return not name


async def stamp_of_theme(live: Live, actor: Actor, name: str) -> int:
    theme = await queries.theme(live.site.db, int(name))
    return stamp_of([theme] if theme else [])


async def stamp_of_all(live: Live, actor: Actor, name: str) -> int:
    return stamp_of(await queries.waiting(live.site.db, clock.now(), before=NEWEST, limit=THEMES_SHOWN))


def stamp_of(themes: list[Theme]) -> int:
    """A number that differs when what is shown of these themes does, or did in between: a page may have heard a part of it."""
    return crc32(
        repr([(theme.id, theme.changes, theme.supports, theme.supported) for theme in themes]).encode()
    )


async def post_changed(live: Live, event: PostChanged) -> None:
    """The words of a theme that waits were proposed, shown, hidden or taken back: the list of all asks for what there is."""
    theme = await queries.theme(live.site.db, event.topic_id) if live.hub.listening("themes") else None
    if theme is not None and theme.supported is None:
        live.hub.resync("themes")


async def theme_changed(live: Live, event: ThemeChanged) -> None:
    theme = await queries.theme(live.site.db, event.topic_id)
    if theme is None or not can_see(GUEST, theme):
        return
    for channel in (f"theme:{theme.id}", "themes"):
        live.hub.broadcast(
            channel,
            {
                variant: await in_variant(
                    live.site.renderer, variant, [partial(support_delta, live.site.renderer, theme)]
                )
                for variant in live.hub.listening(channel)
            },
        )


def support_delta(renderer: Renderer, theme: Theme) -> Delta:
    html = renderer.fragment("themes/_support.html", theme=theme)
    return Delta(number=None, kind="put", id=f"theme-{theme.id}", html=html)


CHANNELS = {
    "theme": Channel(may_hear_theme, stamp=stamp_of_theme),
    "themes": Channel(may_hear_all, stamp=stamp_of_all),
}
HANDLERS: dict[type[Event], list[Handler]] = {PostChanged: [post_changed], ThemeChanged: [theme_changed]}
