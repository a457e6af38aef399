"""Full-width letters, digits and marks read as their ASCII twins, character for character."""

TWINS = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}


def fold(text: str) -> str:
    """Keeps every position, which NFKC does not: what is found in the folded text stands there in it."""
    return text.translate(TWINS)
