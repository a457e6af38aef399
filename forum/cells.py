"""Cells of files that people open in a spreadsheet."""

# Spreadsheets run a cell that begins like this as a formula; a leading apostrophe makes it text. It is put before an
# apostrophe, too: whoever takes one away from every cell that begins with one has the text as it was.
FORMULA_STARTS = tuple("'=+-@\t\r＝＋－＠")


def harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(FORMULA_STARTS) else cell
