"""Signs of mathematics and commands of LaTeX, and the plain sign that each stands for."""

from __future__ import annotations

SIGNS = {
    "−": "-", "–": "-", "‒": "-", "‐": "-", "‑": "-", "﹣": "-",
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*", "⊙": "*", "⨯": "*", "✕": "*",
    "÷": "/", "∕": "/", "⁄": "/", "≤": "<=", "≥": ">=", "≠": "!=", "⩽": "<=", "⩾": ">=",
    "√": "√", "±": "±", "∣": "|", "∥": "‖", "‖": "‖",
    "≈": "≈", "≃": "≈", "≅": "≈", "⇒": "⇒", "→": "⇒", "⟹": "⇒", "∴": "⇒",
}  # fmt: skip
COMMANDS = {
    "cdot": "*", "times": "*", "ast": "*", "odot": "*", "bullet": "*", "star": "*", "circ": "*", "div": "/",
    "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">",
    "approx": "≈", "simeq": "≈", "cong": "≈", "sim": "≈", "pm": "±", "%": "%",
    "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "Rightarrow": "⇒", "implies": "⇒", "to": "⇒",
    "rightarrow": "⇒", "therefore": "⇒", "Longrightarrow": "⇒",
}  # fmt: skip
FUNCTIONS = frozenset(("ln", "log", "exp", "max", "min", "tanh", "sin", "cos", "tan", "lg"))
SPACES = frozenset((",", ";", ":", "!", " ", ">", "quad", "qquad", "thinspace", "enspace", "(", ")", "[", "]",
                     "displaystyle", "textstyle", "limits", "nolimits", "nonumber", "notag", "left", "right",
                     "underline", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "middle"))  # fmt: skip
GRIDS = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"))
VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
           "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅐": "1/7", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
           "⅑": "1/9", "⅒": "1/10"}  # fmt: skip
