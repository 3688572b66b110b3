"""A topic's example as a command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlsolve.topic import Topic


def example_command(topic: Topic[Any]) -> str:
    """``dlsolve adam --g "0.3 0.2 0.1" --lr 0.01 …``, from the topic's example."""
    words = [f"dlsolve {topic.name}"]
    for name, value in topic.example.items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(flag if value else "--no-" + flag[2:])
        else:
            words.append(f"{flag} {_quoted(typed(value))}")
    return " ".join(words)


def _quoted(text: str) -> str:
    """Quoted for a shell, in double quotes where those do."""
    import shlex

    if shlex.quote(text) == text:
        return text
    return f'"{text}"' if not set(text) & set('"$`\\!') else shlex.quote(text)


def typed(value: Any) -> str:
    """A JSON value as it is typed after a flag."""
    if isinstance(value, Mapping):
        if any(isinstance(v, Mapping) for v in value.values()):
            import json

            return json.dumps(value, ensure_ascii=False)
        return ", ".join(f"{k}={typed(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        rows = any(isinstance(v, list | tuple) for v in value)
        blanks = any(isinstance(v, str) and " " in v for v in value)
        return ("; " if rows else ", " if blanks else " ").join(typed(v) for v in value)
    # 1e-08 is how Python writes it; people write 1e-8
    return str(value).replace("e-0", "e-") if isinstance(value, float) else str(value)
