"""Solutions in Markdown: maths that GitHub and Jupyter both read, and nothing else that a user could slip in."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.numbers.show import Digits
from dlsolve.problem import read_envelope
from dlsolve.render import Options, render
from dlsolve.render.markdown import escaped, portable
from tests.cases import CASES, Case

MATHS = re.compile(r"\$\$\n(.*?)\n\$\$|(?<![\\`$])\$([^$\n]+)\$", re.DOTALL)

ADAM = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}}


def solved(carry: str | None = None, **more: object) -> str:
    overlay = Overlay(carry=Digits.parse(carry, "--carry") if carry else None)
    return render(assignment.solve(read_envelope({**ADAM, **more}), overlay), "markdown", Options())


def maths(text: str) -> list[str]:
    return [a or b for a, b in MATHS.findall(text)]


def html(text: str) -> str:
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(text))


def test_a_step_is_an_equation_under_another() -> None:
    text = solved()
    assert (
        "$$\n\\begin{aligned}\n"
        r"m_{2} & = \beta_{1} \cdot m_{1} + \left(1 - \beta_{1}\right) \cdot g_{2} \cr"
        "\n"
        r"& = 0.9 \cdot 0.03 + \left(1 - 0.9\right) \cdot 0.2 \cr"
        "\n"
        r"& = 0.027 + 0.02 \cr"
        "\n& = 0.047\n\\end{aligned}\n$$"
    ) in text
    assert r"\approx 0.24737" in text
    assert "| $t$ |" in text.replace("| t |", "| $t$ |"), "the table of the run is a table"
    assert "## Answer" in text


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_maths_survives_the_markdown_reader(case: Case) -> None:
    text = render(case.solution(), "markdown", Options())
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    for tex in maths(text):
        assert not re.search(r"\\[^A-Za-z]", tex), f"a backslash that Markdown eats: {tex}"
        assert not re.search(r"[<>|`*\[\]]", tex), tex
        assert tex.count("{") == tex.count("}"), tex
        assert tex.count(r"\begin") == tex.count(r"\end"), tex
        assert tex.count(r"\left") == tex.count(r"\right"), tex
        assert "\n\n" not in tex
    outside = MATHS.sub("", text)
    assert "$" not in re.sub(r"`[^`]*`", "", outside), "every dollar has its partner"
    assert not re.search(r"(?<![`\\])\\[A-Za-z]", re.sub(r"`[^`]*`", "", outside)), "no maths outside dollars"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "http://evil.example and www.evil.example or me@evil.example",
    "<http://evil.example>",
    "$\\href{javascript:alert(1)}{x}$ and $$y$$",
    "\\(x\\) \\[y\\] \\begin{equation}z\\end{equation}",
    "# no heading", "- no item", "1. no item", "> no quote", "---", "===", "```", "    no code", "a | b",
    "*b* _i_ ~~s~~ `c`", "&lt;b&gt; &amp;", "\\", "a\\", "$", "\x1b[31m\u202e", "[a]: http://evil.example",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_user_types_is_only_text(text: str) -> None:
    for page in (
        solved(title=text, statement=text),
        solved(printed={"theta_3": text}) if len(text) < 60 else "",
        solved(symbols={"lr": text[:24]}) if text.strip() and text[:24].isprintable() else "",
    ):
        out = html(MATHS.sub("M", page))
        tags = set(re.findall(r"<(/?[a-zA-Z!][^\s>]*)", out))
        assert {t.strip("/") for t in tags} <= {
            "h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code", "strong",
        }, out  # fmt: skip
        assert not re.search(r"(?i)https?://|www\.|\w@\w", page)
        for tex in maths(page):
            assert "href" not in tex or r"\href" not in tex
            assert "script" not in tex or "\\text{" in tex
        assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page)


def test_labels_of_a_user_are_words_in_maths() -> None:
    given = {"prior": {"$": "1/2", "a}b<": "1/2"}, "likelihood": {"$": "1/3", "a}b<": "1/4"}}
    problem = read_envelope({"topic": "bayes", "given": given})
    text = render(assignment.solve(problem), "markdown", Options())
    assert r"P(\text{＄})" in text
    assert r"P(\text{a｝b＜})" in text
    for tex in maths(text):
        assert tex.count("{") == tex.count("}")


def test_escaping() -> None:
    assert escaped("a_b *c* <d> & $e$") == "a\\_b \\*c\\* &lt;d&gt; &amp; `$`e`$`"
    assert escaped("1. x") == "1\\. x"
    assert html(escaped("x_1 & <b> $5 \\ y")) == "<p>x_1 &amp; &lt;b&gt; <code>$</code>5 <code>\\</code> y</p>\n"


def test_portable_maths() -> None:
    assert portable(r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}") == r"\begin{bmatrix} 1 \cr 2 \end{bmatrix}"
    assert portable(r"\left|x\right| < 3") == r"\left\vert x\right\vert \lt 3"
    assert portable(r"\operatorname{ReLU}\left(x\right)") == r"\mathrm{ReLU}\left(x\right)"
    assert portable(r"P(\text{50\% \{x\}})") == "P(\\text{50％ ｛x｝})"


def test_a_long_run_loses_its_middle() -> None:
    given = {"g": ["0.5"] * 100, "lr": "0.01"}
    text = render(assignment.solve(read_envelope({"topic": "adam", "given": given})), "markdown", Options())
    assert "steps not shown" in text
    assert "| ⋮ |" in text
    assert len(text) < 60_000


def test_carried_values_end_with_the_drift() -> None:
    text = solved(carry="4sf")
    assert "## What the rounding cost" in text
    assert "rounded to 4 significant figures" in text
