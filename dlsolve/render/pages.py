"""Pages that are no solution: the list of topics, and the tools that pages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dlsolve.render import Options
from dlsolve.topic import Topic

MANY_TOPICS = 20
"""More of them are listed in two columns."""
TWO_COLUMNS = 150
"""From this width on two columns hold every title."""
_COURSE = (
    "The numbers are the chapters of the course. Its later ones (convolution, embeddings, sequences, generative "
    "models, PyTorch) are not here."
)
_MORE = "More of one: dlsolve explain TOPIC. A problem to start from: dlsolve example TOPIC"


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


def _halves(chapters: Mapping[str, Sequence[Topic[Any]]]) -> list[list[str]]:
    """The chapters in two columns, the first no shorter than the second and as near to it as can be."""
    names = list(chapters)
    lines = [len(chapters[c]) + 1 for c in names]
    cut = next(n for n in range(1, len(names) + 1) if 2 * sum(lines[:n]) >= sum(lines))
    return [names[:cut], names[cut:]]


def _column(chapters: Sequence[tuple[str, Sequence[Topic[Any]]]], room: int, *, whole: bool) -> Group:
    """Chapters below one another, each topic's title whole (and wrapped) or cut to its line of `room`."""
    wide = max(len(t.name) for _, members in chapters for t in members)
    out: list[Text | Padding] = []
    for chapter, members in chapters:
        table = Table.grid(padding=(0, 1))
        table.add_column(style="bold", no_wrap=True, width=wide)
        table.add_column(no_wrap=not whole, overflow="fold" if whole else "ellipsis", width=max(1, room - wide - 4))
        for topic in members:
            table.add_row(Text(topic.name), Text(topic.title if whole else topic.title.partition(":")[0]))
        out += [Text(chapter, "bold cyan"), Padding(table, (0, 0, 0, 2))]
    return Group(*out)


def _names(console: Console, chapters: Mapping[str, Sequence[Topic[Any]]]) -> None:
    """A line a chapter: its topics by name."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column()
    for chapter, members in chapters.items():
        table.add_row(Text(chapter), Text(", ".join(t.name for t in members)))
    console.print(table)
    console.print()
    console.print(Text(f"{_COURSE} What each is: dlsolve --help. {_MORE}"))


def topics_page(topics: Sequence[Topic[Any]], options: Options, course: Mapping[str, int]) -> str:
    """What can be solved, by chapter (with its number in the `course`), in the order of `topics`, in one
    screen: a line a topic; many topics in two columns where their titles have room, else a line a chapter
    with the names alone."""
    chapters: dict[str, list[Topic[Any]]] = {}
    for topic in topics:
        chapters.setdefault(f"{course.get(topic.chapter, ' ')} {topic.chapter}", []).append(topic)
    many = len(topics) > MANY_TOPICS
    if many and options.width < TWO_COLUMNS:
        return page(options, lambda console: _names(console, chapters))
    columns = 2 if many else 1

    def write(console: Console) -> None:
        page = Table.grid(padding=(0, 2), pad_edge=False)
        parts = _halves(chapters) if columns == 2 else [list(chapters)]
        room = (options.width - 2 * (columns - 1)) // columns
        for _ in parts:
            page.add_column(width=room)
        page.add_row(*(_column([(c, chapters[c]) for c in part], room, whole=columns == 1) for part in parts))
        console.print(page)
        console.print()
        console.print(Text(f"{_COURSE} {_MORE}"))

    return page(options, write)
