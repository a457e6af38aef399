"""The number that a submitter takes home, as it is made and as people type it again."""

import re
import secrets
import unicodedata

# Without the letters that are mistaken for digits on the phone.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TYPED = re.compile(rf"(\d{{1,18}})([{SIGNS}]{{5}})([{SIGNS}]{{5}})")
DASHES = re.compile(r"[\s\-‐‑‒–—―−ー]+")


def new_receipt(consultation_id: int) -> str:
    """A number to keep: it says nothing about how many came before, and nobody guesses another's."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(10))
    return f"{consultation_id}-{signs[:5]}-{signs[5:]}"


def read_receipt(typed: str) -> tuple[int, str] | None:
    """The consultation and the receipt, in whatever width, case and with whatever dashes; None if it is none."""
    parts = DASHES.sub("-", unicodedata.normalize("NFKC", typed).strip()).upper().split("-", 1)
    if len(parts) != 2:
        return None
    match = TYPED.fullmatch(parts[0] + parts[1].replace("-", ""))
    return (int(match[1]), "-".join(match.groups())) if match else None
