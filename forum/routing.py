"""Which page an address means. Starlette tries one pattern after the other, and there are more than three hundred: here only
those whose first word is that of the address are tried, in the same order and way."""

from collections import defaultdict
from functools import cached_property

from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.types import Receive, Scope, Send


class ByFirstWord(Router):
    """All its patterns begin with a word."""

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await super().app(scope, receive, send)
        scope["router"] = self
        if (error := scope.get("unidentified")) is not None:  # as `Identify` leaves it
            raise error
        await Router(self._of_word.get(first_word(scope["path"]))).app(scope, receive, send)

    @cached_property
    def _of_word(self) -> dict[str, list[BaseRoute]]:
        found = defaultdict[str, list[BaseRoute]](list)
        for route in self.routes:
            assert isinstance(route, (Route, WebSocketRoute, Mount))
            found[first_word(route.path)].append(route)
        return dict(found)


def first_word(path: str) -> str:
    # A pattern also fits what has a line break at its end.
    return path[1:].partition("/")[0].removesuffix("\n")
