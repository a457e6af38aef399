"""A page with gaps is the same plain and compressed, whatever is filled in."""

import gzip

from hypothesis import example, given
from hypothesis import strategies as st

from forum.pieces import Pieces

NAMES = [b"a", b"b"]
# Compressed, a later piece would rather refer to what stands before it than say it again.
TEXTS = st.one_of(st.binary(max_size=50), st.sampled_from([b"<p>" * 500, b"<p>\n" * 9]))


@given(st.lists(st.tuples(TEXTS, st.sampled_from(NAMES))), TEXTS, TEXTS, TEXTS)
@example([(b"", b"a"), (b"", b"a")], b"", b"", b"")
@example([(b"x", b"a")], b"", b"more than one block holds " * 6_000, b"")
def test_a_compressed_page_is_the_same(
    pairs: list[tuple[bytes, bytes]], end: bytes, a: bytes, b: bytes
) -> None:
    page, values = Pieces([*(part for pair in pairs for part in pair), end]), {b"a": a, b"b": b}
    whole = b"".join(text + values[gap] for text, gap in pairs) + end
    for _ in range(2):
        assert page.plain(values) == whole
        assert gzip.decompress(page.gzip(values)) == whole
