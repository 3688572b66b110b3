"""Pages that are no solution: the list of topics, and the tools that pages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dlsolve.render import Options
from dlsolve.topic import Topic


def page(options: Options, write: Callable[[Console], None]) -> str:
    """What `write` prints, as text for `options`."""
    out = StringIO()
    console = Console(
        file=out, width=options.width, force_terminal=options.color, no_color=not options.color,
        color_system="standard" if options.color else None, markup=False, emoji=False, highlight=False,
        legacy_windows=False,
    )  # fmt: skip
    write(console)
    lines = (line.rstrip() for line in out.getvalue().split("\n"))
    return "\n".join(lines)


def heading(console: Console, text: str) -> None:
    """A heading inside a page."""
    console.print()
    console.print(Text(text, "bold cyan"))


def rows(
    console: Console, header: Sequence[str], body: Iterable[Sequence[str]], *, fixed: int = 1, ascii: bool = False
) -> None:
    """A table whose first `fixed` columns never wrap."""
    table = Table(box=box.ASCII if ascii else box.SIMPLE_HEAD, show_header=any(header), pad_edge=False, safe_box=False)
    for n, name in enumerate(header):
        table.add_column(Text(name, "bold"), no_wrap=n < fixed, style="bold" if n == 0 else "", overflow="fold")
    for row in body:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def prose(console: Console, text: str, *, indent: int = 0) -> None:
    """Paragraphs, wrapped at words."""
    for n, part in enumerate(text.split("\n\n")):
        if n:
            console.print()
        console.print(Padding(Text(" ".join(part.replace("`", "").split())), (0, 0, 0, indent)))


def topics_page(topics: Sequence[Topic[Any]], options: Options) -> str:
    """What can be solved, by chapter, in the order of `topics`, in one screen."""
    chapters: dict[str, list[Topic[Any]]] = {}
    for topic in topics:
        chapters.setdefault(topic.chapter, []).append(topic)
    wide = max(len(t.name) for t in topics)

    def write(console: Console) -> None:
        for n, (chapter, members) in enumerate(chapters.items()):
            if n and len(topics) < 15:
                console.print()
            console.print(Text(chapter, "bold cyan"))
            table = Table.grid(padding=(0, 2))
            table.add_column(style="bold", no_wrap=True, min_width=wide)
            table.add_column()
            for topic in members:
                table.add_row(Text(topic.name), Text(topic.title))
            console.print(Padding(table, (0, 0, 0, 2)))
        console.print()
        console.print(Text("More of one: dlsolve explain TOPIC. A problem to start from: dlsolve example TOPIC"))

    return page(options, write)
