"""Conventions: where the field writes one thing in several ways, each choice is named and said.

A topic lists the keys that touch it, with its default. A choice picks among named readings of a
rule (`formula.rules`), or renames a function (`log`), or is asked of the trace by the topic.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Convention(msgspec.Struct, frozen=True):
    """One switch: its choices, each with the sentence that a solution prints."""

    key: str
    meaning: str
    choices: Mapping[str, str]
    renames: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    """By choice, the functions that rules written with a neutral name stand for."""


CONVENTIONS: dict[str, Convention] = {
    c.key: c
    for c in (
        Convention(
            "log",
            "base of the logarithm",
            {"2": "logarithms to base 2 (bits)", "e": "natural logarithms (nats)",
             "10": "logarithms to base 10 (hartleys)"},
            {"2": {"log": "log2"}, "e": {"log": "ln"}, "10": {"log": "log10"}},
        ),
        Convention(
            "loss_scale",
            "factor in front of the squared error",
            {"mean": "squared error divided by n: (1/n) Σ (y − ŷ)²",
             "half": "half the squared error, summed: ½ Σ (y − ŷ)²",
             "sum": "squared error summed: Σ (y − ŷ)²",
             "half_mean": "half the mean squared error: 1/(2n) Σ (y − ŷ)²"},
        ),
        Convention(
            "reduce",
            "mean or sum over the samples of a batch",
            {"mean": "mean over the samples", "sum": "sum over the samples"},
        ),
        Convention(
            "momentum",
            "form of the momentum step",
            {"plus": "v = βv + ηg, then w = w − v", "minus": "v = βv − ηg, then w = w + v",
             "pytorch": "v = βv + g, then w = w − ηv", "ema": "v = βv + (1 − β)g, then w = w − ηv"},
        ),
        Convention(
            "eps_place",
            "where ε stands",
            {"in": "ε inside the root: √(r + ε)", "out": "ε outside the root: √r + ε"},
        ),
        Convention(
            "adam_eps",
            "where Adam's ε stands",
            {"paper": "ε beside the corrected √v̂ (Kingma & Ba)",
             "keras": "ε beside the uncorrected √v, with ηₜ = η·√(1 − β₂ᵗ) / (1 − β₁ᵗ) (Keras)"},
        ),
        Convention(
            "fire",
            "the step function at the threshold",
            {"ge": "the step fires at z ≥ threshold", "gt": "the step fires at z > threshold"},
        ),
        Convention(
            "loop",
            "order of presentation in perceptron training",
            {"restart": "back to the first sample after each update",
             "sweep": "whole epochs, in the order given"},
        ),
        Convention(
            "layout",
            "orientation of a weight matrix",
            {"Wx": "z = W x + b, W is outputs × inputs, samples are columns",
             "xW": "z = x W + b, W is inputs × outputs, samples are rows"},
        ),
        Convention(
            "confusion",
            "layout of a confusion matrix",
            {"predicted_rows": "rows predicted, columns actual",
             "actual_rows": "rows actual, columns predicted"},
        ),
        Convention(
            "dropout",
            "where dropout is scaled",
            {"test": "scaled at test time", "inverted": "scaled while training (inverted dropout)"},
        ),
        Convention(
            "l2",
            "factor of the L2 penalty",
            {"full": "λ Σ w²", "half": "(λ/2) Σ w²"},
        ),
        Convention(
            "variance",
            "divisor of a variance",
            {"population": "divided by n", "sample": "divided by n − 1"},
        ),
        Convention(
            "normalise",
            "scaling of an eigenvector",
            {"first": "first non-zero entry 1", "unit": "length 1",
             "integer": "smallest whole numbers"},
        ),
        Convention(
            "condition",
            "condition number",
            {"eigen": "max |λ| / min |λ|", "singular": "σ_max / σ_min"},
        ),
        Convention(
            "relu_at_0",
            "derivative of ReLU at 0",
            {"0": "ReLU′(0) = 0", "1": "ReLU′(0) = 1"},
        ),
    )
}  # fmt: skip
"""Every convention by key."""
