"""Whole pages that are the same for everybody, kept for a moment."""

import gzip
import time
from collections import OrderedDict
from collections.abc import Hashable
from functools import cached_property

# What a page depends on is part of its key, but for names of people, boards and sections: those may be so old.
SECONDS = 2.0
PAGES_MAX = 200


class Page:
    """The bytes of a page, compressed once for however many ask for it."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.made = time.monotonic()

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0)


class KeptPages:
    """Of one process. The ones that nobody has asked for longest make room."""

    def __init__(self) -> None:
        self._pages = OrderedDict[Hashable, Page]()

    def find(self, key: Hashable) -> Page | None:
        page = self._pages.get(key)
        if page is None or time.monotonic() - page.made > SECONDS:
            return None
        self._pages.move_to_end(key)
        return page

    def keep(self, key: Hashable, body: bytes) -> Page:
        self._pages[key] = page = Page(body)
        self._pages.move_to_end(key)
        if len(self._pages) > PAGES_MAX:
            self._pages.popitem(last=False)
        return page
