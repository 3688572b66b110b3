"""Answers under the names that people give them: other symbols of the field, words, a prime for what is new."""

from __future__ import annotations

import pytest

from dlsolve import catalog
from dlsolve.checker.answers import canonical
from dlsolve.fields import read_problem
from dlsolve.handwriting import UnreadableError
from dlsolve.solver import solve_problem

SAID = {
    "entropy": {"H(p, q)": "CE", "CE(p||q)": "CE", "cross-entropy": "CE", "D_{KL}(p \\| q)": "KL", "D(p||q)": "KL",
                "KL divergence": "KL", "Entropy": "H"},
    "adam": {"m_hat2": "m_hat_2", "mhat2": "m_hat_2", "w_1": "theta_1", "Δw_1": "Delta_1", "Δθ_2": "Delta_2"},
    "momentum": {"θ_1": "w_1"},
    "backprop": {"h1": "a1", "y_pred": "y_hat", "Loss": "L", "E": "L", "δ2": "dz2", "delta_2": "dz2", "dL/dw1": "dW1",
                 "W1'": "W1_1", "W_1^{new}": "W1_1", "W2(new)": "W2_1", "b1_new": "b1_1"},
    "perceptron": {"output": "y_hat", "net": "z"},
    "softmax": {"P1": "p[1]", "predicted class": "class", "y1": "p[1]", "ŷ_1": "p[1]"},
    "covariance": {"rho": "corr", "E[X]": "E_X", "Cov(x,y)": "cov", "correlation": "corr", "var(X)": "Var_X"},
    "random-variable": {"μ": "E_X", "σ^2": "Var_X", "variance": "Var_X", "E(X^2)": "E_X2", "E[X²]": "E_X2"},
    "inverse": {"A^{-1}": "A_inv", "A^-1": "A_inv", "inv(A)": "A_inv", "inverse": "A_inv"},
    "hessian": {"condition number": "kappa"},
    "bayes": {"P(spam and free)": "joint_spam"},
    "batchnorm": {"μ_B": "mu", "mu_B": "mu", "σ²_B": "var", "σ_B^2": "var", "sigma^2": "var"},
    "binomial": {"P(X=2)": "f_2", "E[X]": "E_X"},
    "confusion": {"Acc": "accuracy", "ACC": "accuracy", "TPR": "recall"},
    "mutual-information": {"MI": "I", "I(X,Y)": "I"},
}  # fmt: skip


@pytest.mark.parametrize("topic", SAID)
def test_names_of_the_field_are_understood(topic: str) -> None:
    found = catalog.topic(topic)
    trace = solve_problem(found, read_problem(found.problem, found.example)).trace
    assert {said: canonical(trace, said) for said in SAID[topic]} == SAID[topic]


def test_a_word_that_can_mean_several_values_means_none() -> None:
    found = catalog.topic("similarity")
    trace = solve_problem(found, read_problem(found.problem, found.example)).trace
    with pytest.raises(UnreadableError, match="no name of this solution"):
        canonical(trace, "dot product")
