"""The least that a command with a table can be: one Typer command, one Rich table."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer()


@app.command()
def show(file: Annotated[str, typer.Argument()]) -> None:
    """Print one table."""
    table = Table("step", "value", title=file)
    for n in range(3):
        table.add_row(str(n), str(n / 10))
    Console(width=80).print(table)


if __name__ == "__main__":
    app()
