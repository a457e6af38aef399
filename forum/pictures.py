"""How a text names a file of ours. The address says all that a page needs: which bytes, and how wide and high they are.

A picture stands in Markdown as `![what it shows](/files/<sha256>-<width>x<height>.jpg)`, any other file as a link.
"""

import re
from dataclasses import dataclass

# Longest side of the picture that a page shows first.
SMALL_SIDE = 640
ADDRESS = re.compile(
    r"/files/(?P<sha256>[0-9a-f]{64})(?:-(?P<width>[1-9]\d{0,3})x(?P<height>[1-9]\d{0,3}))?\.(?P<ending>jpg|png|webp|pdf)"
)
PICTURE = re.compile(
    r"!\[(?P<alt>[^\[\]\\\n]*)\]\((?P<address>/files/[0-9a-f]{64}-\d{1,4}x\d{1,4}\.(?:jpg|png|webp))\)"
)
# Also where a list or a mail has cut the text off inside the address.
NAMED = re.compile(
    r"!\[(?P<alt>[^\[\]\\\n]*)\]\(/files/(?:[0-9a-f]{64}-\d{1,4}x\d{1,4}\.\w+\)|[\w.-]*(?=\s*\Z))"
)
# A link to a page of ours, the same way: alone, its address leads nowhere.
LED = re.compile(
    r"(?<!!)\[(?P<words>(?:\\.|[^\[\]\\\n])+)\]\(/(?!/)(?:[\w/.?=&#%-]*\)|[\w/.?=&#%-]*(?=\s*\Z))"
)
ESCAPED = re.compile(r"\\([^\w\s])")
# Signs that would end what a picture shows; their full-width forms say the same.
BRACKETS = str.maketrans("[]\\", "［］＼")


@dataclass(frozen=True, slots=True)
class Address:
    """A file as a text names it. Only pictures have a width and a height."""

    sha256: str
    ending: str
    width: int | None = None
    height: int | None = None

    def __str__(self) -> str:
        return f"/files/{self.name}"

    @property
    def name(self) -> str:
        size = f"-{self.width}x{self.height}" if self.width else ""
        return f"{self.sha256}{size}.{self.ending}"

    @property
    def small(self) -> str:
        """Where the picture is that a page shows first: itself, if it is no bigger."""
        if max(self.width or 0, self.height or 0) <= SMALL_SIDE:
            return str(self)
        return f"/files/small/{self.name}"


def address(text: str) -> Address | None:
    """The address, if the text is one."""
    found = ADDRESS.fullmatch(text)
    if found is None or (found["width"] is None) != (found["ending"] == "pdf"):
        return None
    width, height = (int(found[side]) if found[side] else None for side in ("width", "height"))
    return Address(found["sha256"], found["ending"], width, height)


def shrunk(width: int, height: int, side: int) -> tuple[int, int]:
    """The same proportions, with neither side over `side`."""
    if max(width, height) <= side:
        return width, height
    return max(1, round(width * side / max(width, height))), max(1, round(height * side / max(width, height)))


def mentioned(raw: str) -> list[str]:
    """The files that a text names, each once, by the hash of their bytes."""
    return list(dict.fromkeys(found["sha256"] for found in ADDRESS.finditer(raw)))


def as_picture(alt: str, address: Address) -> str:
    """The Markdown that shows it."""
    return f"![{alt.translate(BRACKETS)}]({address})"


def spoken(raw: str) -> str:
    """The text with what its pictures show, and its links say, in their place: for lists and mails, which show words alone."""
    raw = NAMED.sub(lambda found: f"〔{found['alt']}〕", raw)
    return LED.sub(lambda found: ESCAPED.sub(r"\1", found["words"]), raw)


def without_addresses(raw: str) -> str:
    """As long as the text, with nothing where it names files: their hashes are no telephone numbers."""
    return ADDRESS.sub(lambda found: " " * len(found[0]), raw)
