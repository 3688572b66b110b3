"""What a user can do wrong.

DlsolveError            everything a caller may catch; `str(error)` is one line
├── InputError          a field of a problem, a flag or a file is not usable (exit 2)
├── DomainError         the numbers given leave a rule's domain: log 0, division by 0 (exit 2)
├── LimitError          a counted limit of work was reached (exit 2)
└── RuleError           rule text that is not in the language, or names an unknown quantity
"""

from __future__ import annotations


def visible(text: str) -> str:
    """`text` with what does not show, or turns the direction of writing, as a replacement character."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


MOST = 400
"""Characters of a part of an error that are said: what a user wrote may be of any length."""


def said(text: str, most: int = MOST) -> str:
    """`text` on one printable line, its middle left out where it is long."""
    text = visible(" ".join(text.split()))
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 4 :]}"


class DlsolveError(Exception):
    """Base of all errors that a user can cause and mend: one printable line, whatever a user wrote into it."""

    def __init__(self, message: str = "") -> None:
        super().__init__(said(message, 4 * MOST))


class InputError(DlsolveError):
    """An unusable input: where it stands, what was found, what is allowed, and the remedy.

    `where` is a JSON path (``$.given.lr``), a flag (``--lr``) or a file name.
    """

    def __init__(self, where: str, problem: str, *, found: str = "", remedy: str = "") -> None:
        self.where = where = said(where)
        self.problem = problem = said(problem)
        self.found = found = said(found)
        self.remedy = remedy = said(remedy)
        text = f"{where}: {problem}" if where else problem
        if found:
            text += f" (found {found})"
        if remedy:
            text += f"; {remedy}"
        super().__init__(text)

    def moved(self, where: str) -> InputError:
        """The same error, standing at another place."""
        return InputError(where, self.problem, found=self.found, remedy=self.remedy)


class DomainError(DlsolveError):
    """A rule was asked for a value where it has none; names the rule and its numbers."""


class LimitError(DlsolveError):
    """More work than a counted limit allows; says which limit and how to raise it."""


class RuleError(DlsolveError):
    """A rule text that does not parse or names an unknown quantity."""
