"""How blocks are drawn on a terminal, by rich. Only here is anything cut, because only a terminal has an edge."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from vidctl.cli.output.blocks import Block, Fields, Lines, Scaled, Sheet, Table, WordDiff

_GAP = 2
#: A folded table's columns up to this width are names and numbers, and stay whole.
_KEPT_WIDTH = 32
#: The last column gives way first, down to this.
_LEAST_WIDTH = 12


def draw(block: Block, *, colour: bool) -> None:
    """Print a block on standard output."""
    console = Console(no_color=not colour, highlight=False)
    if isinstance(block, Lines | Scaled):
        for line in block.lines if isinstance(block, Lines) else block.lines(console.width):
            console.print(Text(line))
    elif isinstance(block, Fields):
        _draw_fields(console, block)
    elif isinstance(block, Sheet):
        _draw_sheet(console, block, colour)
    elif isinstance(block, WordDiff):
        _draw_diff(console, block)
    elif not block.rows:
        console.print(Text(block.empty, style="dim"), end="\n" if block.empty else "")
    elif block.fold:
        console.print(_folded(block))
    elif block.key is not None and _needed(_widths(block)) > console.width:
        _draw_with_last_below(console, block, block.key)
    else:
        console.print(_fitted(block, console.width))


def _draw_fields(console: Console, block: Fields) -> None:
    grid = RichTable.grid(padding=(0, _GAP))
    if block.title:
        console.print(Text(block.title, style="bold"))
    for label, value in block.pairs:
        grid.add_row(Text(label, style="cyan"), Text(_cut_end(value, block.most) if block.most else value))
    console.print(grid)


def _draw_sheet(console: Console, sheet: Sheet, colour: bool) -> None:
    if sheet.pictures:
        from vidctl.cli.output.pictures import draw_pictures

        draw_pictures(console, sheet.pictures)
        return
    draw(sheet.table, colour=colour)
    console.print(Text(sheet.hint, style="dim"))


def _draw_diff(console: Console, diff: WordDiff) -> None:
    styles = {"removed": "red", "added": "green"}
    console.print(Text(diff.title, style="bold"))
    console.print(Text.assemble(*((text, styles.get(mark, "")) for mark, text in diff.marked())))


def _draw_with_last_below(console: Console, table: Table, key: int) -> None:
    rows = [row[:-1] for row in table.rows]
    console.print(_fitted(Table(table.headers[:-1], rows), console.width))
    console.print(Text(f"\n{table.headers[-1]}", style="bold"))
    for row in table.rows:
        # soft: the terminal itself breaks the line, so that a path can be copied whole
        console.print(Text(f"{row[key]}  {row[-1]}"), soft_wrap=True)


def _folded(table: Table) -> RichTable:
    drawn = RichTable(box=None, header_style="bold", pad_edge=False)
    for header, widest in zip(table.headers, _widths(table), strict=True):
        least = widest if widest <= _KEPT_WIDTH else None
        drawn.add_column(header, min_width=least, no_wrap=least is not None, overflow="fold")
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    return drawn


def _fitted(table: Table, width: int) -> RichTable:
    """Where it is too wide, empty columns are left out; then the last column is cut, then the widest of the others.
    What people type for a row stays whole while half of the line holds it: a cut id or path names nothing."""
    if _needed(_widths(table)) > width:
        table = _without_empty_columns(table)
    typed = next((number for number, header in enumerate(table.headers) if header), 0)
    widths = _shrunk(_widths(table), width, typed)
    drawn = RichTable(box=None, header_style="bold", pad_edge=False)
    for header, most in zip(table.headers, widths, strict=True):
        drawn.add_column(_cut_end(header, most), min_width=most, no_wrap=True)
    for *cells, last in table.rows:
        names = [_cut_middle(_one_line(cell), most) for cell, most in zip(cells, widths[:-1], strict=True)]
        drawn.add_row(*map(Text, names), Text(_cut_end(_one_line(last), widths[-1])))
    return drawn


def _without_empty_columns(table: Table) -> Table:
    filled = [any(cells) for cells in zip(*table.rows, strict=True)]
    rows = [list(compress(row, filled)) for row in table.rows]
    return Table(list(compress(table.headers, filled)), rows)


def _widths(table: Table) -> list[int]:
    columns = zip(table.headers, *table.rows, strict=True)
    return [max(cell_len(_one_line(cell)) for cell in cells) for cells in columns]


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _shrunk(widths: list[int], width: int, typed: int) -> list[int]:
    """The widths that fit: what is missing is taken from the last column, then each time from the widest; the column of
    what people type gives up only what half of the line does not hold."""
    *names, last = (min(each, width) for each in widths)
    found = [*names, max(min(last, _LEAST_WIDTH), last - max(_needed([*names, last]) - width, 0))]
    least = [min(each, width // 2) if number == typed else 1 for number, each in enumerate(found)]
    while _needed(found) > width:
        spare = [each if each > floor else 0 for each, floor in zip(found, least, strict=True)]
        if not any(spare):
            break
        found[spare.index(max(spare))] -= 1
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut_end(text: str, most: int) -> str:
    """Words are told from their beginning."""
    return text if cell_len(text) <= most else f"{set_cell_size(text, most - 1)}…"


def _cut_middle(text: str, most: int) -> str:
    """Names and paths are told apart by their ends as well."""
    if cell_len(text) <= most:
        return text
    tail = (most - 1) * 2 // 3
    return f"{set_cell_size(text, most - 1 - tail)}…{set_cell_size(text[::-1], tail)[::-1]}"
