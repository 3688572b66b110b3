"""Random texts: answers from a grammar, and mutations of any text or bytes."""

from __future__ import annotations

from random import Random

from tests.fuzz import corpus

_DIGITS = "0123456789"
_NAMES = (
    "x",
    "w1",
    "m_hat_3",
    "λ",
    "\\lambda",
    "θ₂",
    "\\hat{m}_3",
    "pi",
    "e",
    "T",
    "i",
    "spam",
    "nan",
    "inf",
    "W^T",
    "sigma",
)
_FUNCTIONS = ("sqrt", "exp", "ln", "log", "log2", "log10", "abs", "max", "min", "tanh", "sigmoid", "relu", "softmax", "sum",
              "\\sqrt", "\\frac", "\\ln", "√", "factorial", "floor", "erf", "norm", "f", "eval", "transpose")  # fmt: skip
_OPS = ("+", "-", "*", "/", "^", "**", "×", "·", "−", "÷", " ", "", "@", "=", "≈", ",", ";", "±", "%", " and ", " or ", "|", "<", "==",
        "\\cdot", "\\times", "&", "\\\\", " if ", " else ", "⇒", ":", "!", "_", "'", "→")  # fmt: skip
_OPEN = (("(", ")"), ("[", "]"), ("{", "}"), ("\\left(", "\\right)"), ("\\{", "\\}"), ("$", "$"), ("|", "|"), ("\\boxed{", "}"),
         ("\\begin{bmatrix}", "\\end{bmatrix}"), ("(", "]"), ("[", ""), ("", ")"), ("**", "**"), ("`", "`"))  # fmt: skip
STRANGE = [c for text in corpus.UNICODE for c in text]


def number(rng: Random) -> str:
    """A number as somebody might write it, at times at or past a bound."""
    kind = rng.randrange(12)
    digits = "".join(rng.choices(_DIGITS, k=rng.choice((1, 1, 2, 3, 5, 12, 17))))
    if kind < 4:
        return digits
    if kind < 8:
        return f"{digits[: rng.randrange(len(digits) + 1)]}.{digits}"
    if kind == 8:
        return f"{digits}e{rng.choice(('', '-', '+'))}{rng.choice((1, 8, 39, 300, 399, 400, 401, 999, 10**9))}"
    if kind == 9:
        return rng.choice(_DIGITS) * rng.choice((40, 299, 300, 301, 400, 401))
    if kind == 10:
        return f"{digits}/{rng.choice((0, 1, 2, 3, 7, 10**40))}"
    return rng.choice(("½", "1½", "2³", "10⁻⁸", "1 234", "1,234", "0,5", "50 %", "1_000", "0x1f", "1.2.3", ".", "٣"))


def expression(rng: Random, depth: int) -> str:
    """A text of the grammar, with faults."""
    kind = rng.randrange(10) if depth else 0
    if kind < 3:
        return number(rng) if rng.random() < 0.75 else rng.choice(_NAMES)
    if kind < 7:
        parts = [expression(rng, depth - 1) for _ in range(rng.choice((2, 2, 2, 3, 5)))]
        return rng.choice(_OPS).join(parts) if rng.random() < 0.7 else "".join(p + rng.choice(_OPS) for p in parts)
    if kind < 9:
        left, right = rng.choice(_OPEN)
        mark = rng.choice((",", "; ", " ", ", ", "&"))
        return left + mark.join(expression(rng, depth - 1) for _ in range(rng.choice((1, 1, 2, 3, 9)))) + right
    left, right = rng.choice(_OPEN[:3])
    return rng.choice(_FUNCTIONS) + left + expression(rng, depth - 1) + right


def answer(rng: Random) -> str:
    """One answer text."""
    kind = rng.randrange(20)
    if kind < 9:
        return expression(rng, rng.choice((0, 1, 1, 2, 2, 3, 4)))
    if kind < 15:
        return mutated(rng.choice(corpus.ANSWERS), rng)
    if kind == 15:
        return "".join(chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0xD800), rng.randrange(0xE000, 0x110000))))
                       for _ in range(rng.choice((1, 2, 8, 40, 300))))  # fmt: skip
    if kind == 16:
        return nested(rng, rng.choice((5, 38, 39, 40, 41, 60, 400)))
    if kind == 17:
        piece = rng.choice([*corpus.ANSWERS, *_OPS]) or "("
        return (piece * (rng.choice((100, 199, 201, 1999, 2000, 2001)) // len(piece) + 1))[:2002]
    if kind == 18:
        return "".join(rng.choice(STRANGE) for _ in range(rng.randrange(1, 30)))
    return rng.choice(corpus.ANSWERS) + rng.choice(_OPS) + rng.choice(corpus.ANSWERS)


def nested(rng: Random, depth: int) -> str:
    """Brackets, signs, functions or powers inside each other."""
    heads = rng.choice((("(", ")"), ("[", "]"), ("sqrt(", ")"), ("-", ""), ("2^", ""), ("\\frac{1}{", "}"), ("f(", ")"), ("|", "|"),
                        ("1/(1+", ")"), ("x_{", "}"), ("\\hat{", "}"), ("[1,", "]"), ("exp(", ")"), ("√", "")))  # fmt: skip
    return heads[0] * depth + number(rng) + heads[1] * (depth - rng.choice((0, 0, 0, 1)))


def mutated(text: str, rng: Random) -> str:
    """`text` with a few changes: characters dropped, doubled, put in, swapped; a stretch repeated; or bytes changed."""
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at, to = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        match rng.randrange(8):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + rng.choice(STRANGE) + text[at:]
            case 2:
                text = text[:at] + rng.choice(_OPS) + text[at:]
            case 3:
                text = text[:at] + number(rng) + text[to:]
            case 4:
                text = text[:to] + text[at:to] * rng.choice((1, 2, 40)) + text[to:]
            case 5:
                other = rng.choice(corpus.ANSWERS)
                text = text[:at] + other[: rng.randrange(len(other) + 1)] + text[at:]
            case 6:
                text = text[:at] + text[at:to][::-1] + text[to:]
            case 7:
                text = bent(text.encode("utf-8", "surrogatepass"), rng).decode("utf-8", "replace")
        text = text[:20_000]
    return text


def bent(data: bytes, rng: Random) -> bytes:
    """`data` with bits and bytes changed."""
    out = bytearray(data or b"0")
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(out))
        match rng.randrange(5):
            case 0:
                out[at] ^= 1 << rng.randrange(8)
            case 1:
                out[at] = rng.randrange(256)
            case 2:
                del out[at : at + rng.choice((1, 1, 4, 64))]
            case 3:
                out[at:at] = rng.choice(
                    (
                        b"\x00",
                        b"\xff",
                        b"\xc0\x80",
                        b"\xed\xa0\x80",
                        b"\r",
                        b"\n",
                        b'"',
                        b"\\",
                        b"{",
                        b"]",
                        b"\xef\xbb\xbf",
                    )
                )
            case 4:
                out[at:at] = out[at : at + rng.choice((1, 8, 64))]
        if not out:
            out = bytearray(b"0")
    return bytes(out)
