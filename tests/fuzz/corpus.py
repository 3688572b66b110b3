"""Hostile inputs met in the wild, in research, or by fuzzing: every one of them must be answered."""

from __future__ import annotations

import json

CANARY = "FUZZ_CANARY"
"""An environment variable that code in an input would set."""
CODE = [
    f"__import__('os').environ.__setitem__('{CANARY}', '1')",
    f"(lambda: __import__('os').putenv('{CANARY}', '1'))()",
    "().__class__.__base__.__subclasses__()",
    "x.__class__.__mro__[1]",
    "eval(compile('1+1', '', 'eval'))",
    "exec(chr(105)+chr(109))",
    "getattr(__builtins__, 'open')('/etc/passwd').read()",
    "open('/tmp/pwned','w')",
    "{{7*7}}", "${7*7}", "#{7*7}", "%s%s%s%n", "{0.__class__}", "f'{1+1}'",
    "\\input{/etc/passwd}", "\\write18{id}", "\\href{javascript:alert(1)}{x}", "\\def\\x{\\x\\x}\\x", "\\catcode`\\@=11",
    "'; DROP TABLE students; --", "$(id)", "`id`", "| id", "; rm -rf ~", "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<iframe src=\"data:text/html;base64,PHNjcmlwdD4=\">",
    "javascript:alert(1)", "[x](javascript:alert(1))", "![x](http://example.com/x.png)", "<!-- -->", "]]>", "--></style>",
]  # fmt: skip
BOMBS = [
    "9**9**9", "9^9^9^9", "9" * 301, "9" * 5000, "1e1000000000", "1e-1000000000", "1e400", "1e401", "1E+0000000000000001",
    "factorial(10^8)", "10^8!", "binomial(10^6, 5*10^5)", "2**(2**(2**(2**(2**2))))", "exp(exp(exp(100)))",
    "(" * 3000 + "1" + ")" * 3000, "(" * 41 + "1" + ")" * 41, "((((", "(((((((((((((((((((((((((", "-" * 20000 + "1",
    "-" * 199 + "1", "[" * 1000 + "1" + "]" * 1000, "[[" * 30 + "]]" * 30, "sqrt(" * 300 + "2" + ")" * 300,
    "\\sqrt" * 100 + "2", "\\frac" * 100 + "1", "1/" * 500 + "1", "1+" * 999 + "1", "x" * 2001, "x_" * 900 + "1",
    "1 if 1 else " * 60 + "1", "a and " * 300 + "b", "1," * 999 + "1", "½" * 500, "²" * 500, "10^-" * 90 + "1",
    "1e308*1e308", "1/(1-1)", "log(0)", "ln(-1)", "sqrt(-1)", "0^0", "0^-1", "tan(pi/2)", "(-8)^(1/3)", "2^0.5^0.5^0.5",
    "7^(10^6)", "0.1^(10^6)", "1.0000001^1000000", "exp(40000)", "exp(40001)", "exp(-40000)", "|" * 200, "||1|-|2||",
    "\\begin{pmatrix}" * 50, "\\begin{matrix}1&2\\\\3\\end{matrix}", "\\end{bmatrix}", "\\left(\\right)", "$" * 500,
    "sum(" * 50 + "1" + ")" * 50, "[1,2]@[3,4]" * 20, "[1 2; 3 4]^64", "[[1,2],[3,4]]^-1", "softmax([1e300, -1e300])",
    "max()", "min(1)", "f(f(f(f(1))))", "1±2±3", "± 1", "3 ± 10^400", "0.(3)", "1..2", "1.2.3", "1__0", "0x1F", "1e", "e1",
    "1e5e5", "1ee5", ".", "..", "...", ",", ";", "=", "==", "= = =", "x = ", "≈", "→", "{}", "[]", "()", "''", '""', "%",
    "%%", "50%%", "%50", "1 %5", "5 % 3", "\\", "\\\\", "\\frac", "\\frac{}{}", "\\frac{1}{0}", "_", "__", "^", "**", "^^2",
]  # fmt: skip
UNICODE = [
    "nan", "NaN", "inf", "-Infinity", "∞", "1e999", "1_000", "٣.١٤", "१२३", "\uff11\uff12\uff13", "²³", "Ⅷ", "①", "½", "1½", "⅐",
    "−3", "–3", "—3", "‒3", "﹣3", "\uff0d3", "1\u00a0234.5", "1\u2009234.5", "1\u202f234", "1,234", "1.234,5", "0,5", "3,14,15",
    "×", "1×2", "6÷2", "6∕2", "6⁄2", "2·3", "2⋅3", "√2", "√√√2", "∛2", "∑", "∏", "∫", "∂L/∂W", "λ=6", "m̂₃", "x̄", "θ₁₂",
    "\u202e123\u202c", "1\u200b2", "1\u200d2", "\ufeff1", "\u0000", "1\x00", "\x1b[2J1", "\x9b31m", "\x07", "\b\b\b", "\r", "\n",
    "1\r\n2", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\ue000", "\U0010ffff", "\U000e0041", "e\u0301" * 200, "a" + "\u0300" * 1900,
    "\ud800", "\udfff1", "👨\u200d👩\u200d👧", "ﷺ", "ﬃ", "İ", "ẞ", "ǅ", "𝟏𝟐𝟑", "𝑥²", "ℵ₀", "°", "‰", "5‰", "％", "５０％",
]  # fmt: skip
HONEST = [
    "5/2", "-0.0541", ".5", "5.", "88.9 %", "75%", "sqrt(2)/2", "1.2×10^-3", "1.2 x 10^{-3}", "1.2e-3", "3/4", "[1, 5/2]",
    "c(1,-1,0)", "6 and -1", "6, -1", "λ = 6", "(1, 2)^T", "[1,2;3,4]", "[[1,2],[3,4]]", "x = 0.42", "≈0.42", "0.42 bits",
    "yes", "no", "infinite", "not separable", "spam", "3 ± 2", "1 + 2i", "2i", "c1(2,4)+c2(3,5)", "span{(1,0),(0,1)}",
    "\\frac{1}{2}", "\\frac12", "\\begin{bmatrix}1 & 2\\\\3 & 4\\end{bmatrix}", "$$\\hat{m}_3 = 0.0523/(1-0.9^3) = 0.191$$",
    "0.9(0.05) + (0.1)(0.4) = 0.045 + 0.04 = 0.085", "e^{-1}", "e^-1", "ln 2", "log_2 3", "log2(3)", "2^{10}", "1 234.5",
    "lam^2 - 5*lam - 6", "(x-6)(x+1)", "\\lambda^2-5\\lambda-6=0", "1/3 ≈ 0.333", "0.3333...", "about 3", "~3", "3 steps",
]  # fmt: skip
ANSWERS = [*CODE, *BOMBS, *UNICODE, *HONEST, "", " ", "\t"]

PAGES = [
    "v_2 = 0.9(0.05) + (0.1)(0.4) = 0.045 + 0.04 = 0.085\n\n$$\\hat{m}_3 = 0.0523 / (1 - 0.9^3) = 0.191$$\n",
    "m_1 = 0.03\n" * 3000,
    "m_1 = " + "1 = " * 10_000 + "1",
    "= = = =\n=\n=\n",
    "m_1 =\n" * 5000 + "3",
    "a" * 50_000,
    "a = " + "(" * 40_000,
    "x = 1, y = 2; z = 3 and w = 4 → v = 5\n" * 400,
    "\\begin{align}" * 1000 + "m_1 &= 0.03 \\\\ m_2 &= 0.047" + "\\end{align}" * 1000,
    "\\begin{pmatrix}" * 2000,
    "$" * 20_000 + "m_1 = 3",
    "> quoted = 3\n> m_1 = 0.03\n" * 500,
    "m_1 = 0.03\x00\x1b[31m\n\u202em_2 = 0.047\n",
    "name: value\n" * 5000,
    "theta_3: " + "9" * 5000,
    "- m_1: 0.03\n1) m_2: 0.047\n• m_3: 0.0523\n",
    "=" * 49_999,
    "≈" * 10_000 + "⇒" * 10_000,
    "\n" * 50_000,
    "m_1 = 0.03 (" + "so " * 10_000 + ")",
    "0 is 0 is " * 4000,
    "dL/d" * 12_000 + "W1 = 3",
    "\\text{" * 8000 + "m_1 = 3" + "}" * 8000,
    "m_{" * 12_000 + " = 3",
    "| m_1 | 0.03 |\n|---|---|\n" * 500,
    *(f"m_1 = {code}\n{code} = 0.03\n{code}: {code}\n" for code in CODE),
]
ADAM = {"topic": "adam", "given": {"g": [0.3, 0.2, 0.1], "lr": 0.01}}
_TEXT = json.dumps(ADAM)
PROBLEMS: list[bytes] = [
    b"", b" ", b"\n\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xef\xbb\xbf" + _TEXT.encode(), _TEXT.encode("utf-16"),
    _TEXT.encode("utf-16-le"), _TEXT.encode("utf-32"), _TEXT.replace(",", ",\r\n").encode(), _TEXT.replace(",", ",\r").encode(),
    _TEXT.encode()[:-1], _TEXT.encode() * 2, _TEXT.encode() + b"\x00", b"[" * 100_000, b'{"a":' * 100_000, b"[" * 61 + b"]" * 61,
    b"{" * 1000, b'"' * 1001, b'"' + b"\\" * 1001, b"1" * 100_000, b"-", b"1e999999999", b"NaN", b"[NaN, Infinity, -Infinity]",
    b"null", b"true", b"[]", b"{}", b'{"topic": null}', b'{"topic": "adam", "topic": "eigen", "given": {}}',
    b'{"problems": [' + _TEXT.encode() + b"]}", b'{"problems": [{"problems": []}]}', b'{"problems": ' + b"[" * 55 + b"]" * 55 + b"}",
    b'{"topic": "adam", "given": {"g": [' + b"0.1," * 20_000 + b"0.1]}}", b'{"topic": "\\u0000", "given": {"\\u0000": 1}}',
    b'{"topic": "adam", "given": {"g": [0.3], "lr": 1e-400}}', b'{"topic": "adam", "given": {"g": [1e400], "lr": 1e400}}',
    b'{"topic": "adam", "given": {"f": "w^w^w^w", "start": 9, "steps": 3}}',
    b'{"topic": "adam", "given": {"f": "exp(exp(exp(w)))", "start": 9, "steps": 3}}',
    b'{"topic": "adam", "given": {"g": [0.3], "lr": 0.01}, "title": "\\u001b[2J\\u202e\\u0000"}',
    b'{"topic": "adam", "given": {"g": [0.3], "lr": 0.01}, "id": "../../../etc/passwd"}',
    b'{"topic": "eigen", "given": {"matrix": [[]]}}', b'{"topic": "eigen", "given": {"matrix": [[1e400, 1e-400], [1e-400, 1e400]]}}',
    b'{"topic": "eigen", "given": {"matrix": "' + b"1 " * 40 + b'"}}',
    b'{"topic": "eigen", "given": {"matrix": [[1e400, 1e-400], [10, 1e400]]}}',
    b'{"topic": "eigen", "given": {"matrix": [[1e400, 1e-400, 0], [0, 1e400, 1e-400], [1, 0, 1e400]]}}',
    b'{"topic": "normal", "given": {"mu": 1000000000, "sigma": 15, "low": 85, "high": 130, "x": [100]}}',
    b'{"topic": "normal", "given": {"mu": 2, "var": 9, "low": 1000000000000000000, "x": [2]}}',
    b'{"topic": "perceptron", "given": {"w": [1.2, 0.6], "b": 0, "lr": 0.5, "threshold": 1}}',
    b'{"topic": "rules", "given": {"rules": "q = exp(exp(x))", "values": {"x": 20}}}',
    b'{"topic": "rules", "given": {"rules": "q = x + y; f = q*z", "values": {"x": -2, "y": 5, "z": [-4]}, "differentiate": "f"}}',
    b'{"topic": "gd", "given": {"f": "w^1000000", "start": 2, "lr": 0.1, "epochs": 1}}',
    b'{"topic": "bayes", "given": {"prior": {"": 1}}}', b'{"topic": "bayes", "given": {"prior": {"a": 1, "a ": 0}, "likelihood": {}}}',
    b'{"topic": "perceptron", "given": {"gate": "AND", "epochs": 1e9}}',
    b'{"topic": "parameters", "given": {"layers": [1000000000, 1000000000]}}',
    b'{"topic": "binomial", "given": {"n": 1000000000, "p": 0.5, "k": 500000000}}',
]  # fmt: skip

COMMANDS: list[tuple[str, ...]] = [
    (), ("",), ("-",), ("--",), ("---",), ("-h", "-h"), ("--version", "x"), ("--help=1",), ("\x00",), ("\udcff",), ("\x1b[2J",),
    ("adam", "--"), ("adam", "-"), ("adam", "--g"), ("adam", "--g", "--lr"), ("adam", "--g=", "--lr="), ("adam", "-o"), ("adam", "--help", "--g"),
    ("adam", "--g", "1", "--g", "2"), ("adam", "--g", "\udcff"), ("adam", "--g", "1" * 100_000), ("adam", "--g", "1 " * 5_000),
    ("adam", "--symbols", "=" * 1000), ("adam", "--symbols", "lr=\u202e"), ("adam", "--course", "/dev/null"), ("adam", "/dev/null"),
    ("eigen", "--matrix", "[" * 5000), ("eigen", "--matrix", ";" * 5000), ("eigen", "--matrix", "1 2; 5 4", "--digits", "1" * 5000),
    ("eigen", "--matrix", "1 2; 5 4", "-a", "="), ("eigen", "--matrix", "1 2; 5 4", "-a", "lam_1=" + "9" * 5000),
    ("check",), ("check", "-"), ("check", "-", "-"), ("check", "/dev/null", "/dev/null"), ("sheet",), ("sheet", "-"), ("options", "-"),
    ("options", "-", "="), ("grade",), ("batch",), ("batch", "-o", ""), ("batch", ".", "-o", "."), ("merge",), ("merge", "x", "-o", "x"),
    ("explain", "\x00"), ("example", "../adam"), ("schema", "a" * 5000), ("topics", "--no-color", "--no-color"),
    ("backprop", "--W1000", "1"), ("backprop", "--W0", "1"), ("backprop", "--W" + "9" * 500, "1"), ("backprop", "--W1", "1", "--W1", "2"),
    ("adam", *(["--lr", "1"] * 500)), ("adam", "--lr=" + "=" * 500), ("--" + "a" * 5000,), ("adam", "--" + "a" * 5000, "1"),
]  # fmt: skip
