"""Loss functions, sample by sample, then all together.

Regression: with the error e = y − ŷ, MAE averages |e|, MSE e² and RMSE is its root, back in the units
of y. Huber is ½e² for small errors and grows like |e| beyond δ, so that an outlier cannot dominate.

Classification: BCE is −[y·ln ŷ + (1 − y)·ln(1 − ŷ)] for a sigmoid output; the brackets matter, for the
minus and the mean are of the whole. CCE is −Σ y·ln ŷ over the classes of a softmax output: with a
one-hot target only the true class counts, and what is left is −ln of its probability. Both are called
log loss. Hinge is max(0, 1 − y·score) for labels −1 and +1: right by a margin of 1 costs nothing.

At ŷ = 0 or 1 a logarithm has no bound. A sure and right prediction costs nothing (0·log 0 counts as 0);
a sure and wrong one costs infinitely much. Programs hide this: they clip ŷ to [ε, 1 − ε] before the
logarithm (`clip` does so here). With `logits` the predictions are scores, and sigmoid or softmax comes first.
"""

from __future__ import annotations

from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.losses.data import Problem, losses, read
from dlsolve.worked.losses.working import STEPS, TITLES, checks, give, table

NOTATION = Notation(
    [
        Quantity("y", "what is true of sample s (for class k)", "s k"),
        Quantity("y_hat", "what is predicted for sample s (for class k)", "s k"),
        Quantity("z", "score of sample s (for class k)", "s k"),
        Quantity("raw", "the prediction as given", "s k", symbol="ŷ′", latex=r"\hat{y}'"),
        Quantity("clip", "least and greatest distance of a probability from 0 and 1", symbol="ε", latex=r"\epsilon"),
        Quantity("delta", "where Huber turns linear"),
        Quantity("n", "number of samples", kind="integer"),
        Quantity("err", "error of sample s", "s", symbol="e", latex="e"),
        Quantity("abs_e", "size of the error", "s", symbol="a"),
        Quantity("sq_e", "squared error", "s", symbol="q"),
        Quantity("margin", "label times score: above 0 where the sample is right", "s", symbol="m"),
        Quantity("huber_term", "Huber loss of sample s", "s", symbol="h"),
        Quantity("hinge_term", "hinge loss of sample s", "s", symbol="h"),
        Quantity("bce_term", "binary cross-entropy of sample s", "s", symbol="ℓ", latex=r"\ell"),
        Quantity("cce_term", "cross-entropy of sample s", "s", symbol="ℓ", latex=r"\ell"),
        Quantity("total_abs", "sum of the sizes", symbol="Σ|e|", latex=r"\Sigma |e|"),
        Quantity("total_sq", "sum of the squares", symbol="Σe²", latex=r"\Sigma e^2"),
        Quantity("total_huber", "sum of the Huber losses", symbol="Σh", latex=r"\Sigma h"),
        Quantity("total_hinge", "sum of the hinge losses", symbol="Σh", latex=r"\Sigma h"),
        Quantity("total_bce", "sum of the cross-entropies", symbol="Σℓ", latex=r"\Sigma \ell"),
        Quantity("total_cce", "sum of the cross-entropies", symbol="Σℓ", latex=r"\Sigma \ell"),
        Quantity("MAE", "mean absolute error"),
        Quantity("MSE", "mean squared error"),
        Quantity("RMSE", "root mean squared error"),
        Quantity("huber", "Huber loss", symbol="Huber", latex=r"\mathrm{Huber}"),
        Quantity("hinge", "hinge loss", symbol="hinge", latex=r"\mathrm{hinge}"),
        Quantity("BCE", "binary cross-entropy"),
        Quantity("CCE", "categorical cross-entropy"),
    ],
    {"s": "sample", "k": "entry", "j": "entry"},
)  # fmt: skip

RULES = rules("""
    err[s] = y[s] - y_hat[s]                                          # error
    abs_e[s] = abs(err[s])                                            # its size
    total_abs = sum(abs_e[s] for s in samples)
    MAE by reduce:
        mean = total_abs / n                                        # mean absolute error
        sum = total_abs                                             # absolute error
    sq_e[s] = err[s]**2                                               # its square
    total_sq = sum(sq_e[s] for s in samples)
    MSE by loss_scale:
        mean = total_sq / n                                         # mean squared error
        half = total_sq / 2                                         # half the squared error
        sum = total_sq                                              # squared error
        half_mean = total_sq / (2*n)                                # half the mean squared error
    RMSE = sqrt(total_sq / n)                                       # root of the mean square
    huber_term[s] = err[s]**2/2 if abs(err[s]) <= delta else delta*(abs(err[s]) - delta/2)  # like |e| beyond δ
    total_huber = sum(huber_term[s] for s in samples)
    huber by reduce:
        mean = total_huber / n                                      # Huber loss
        sum = total_huber                                           # Huber loss
    margin[s] = y[s]*y_hat[s]                                       # how clearly right
    hinge_term[s] = max(0, 1 - margin[s])                           # a margin of 1 costs nothing
    total_hinge = sum(hinge_term[s] for s in samples)
    hinge by reduce:
        mean = total_hinge / n                                      # hinge loss
        sum = total_hinge                                           # hinge loss
    y_hat[s] = sigmoid(z[s])                                        # score to probability
    y_hat[s,k] = exp(z[s,k]) / sum(exp(z[s,j]) for j in classes)    # softmax: scores to probabilities
    y_hat[s,k]:far = 1 / sum(exp(z[s,j] - z[s,k]) for j in classes)     # softmax, divided through by e^z
    y_hat[s]:clip = max(clip, min(1 - clip, raw[s]))                # kept off 0 and 1
    y_hat[s,k]:clip = max(clip, min(1 - clip, raw[s,k]))            # kept off 0 and 1
    bce_term[s] = -(y[s]*log(y_hat[s]) + (1 - y[s])*log(1 - y_hat[s]))      # binary cross-entropy
    bce_term[s]:yes = -y[s]*log(y_hat[s])                           # the other part, 0·log 0, counts as 0
    bce_term[s]:no = -(1 - y[s])*log(1 - y_hat[s])                  # the other part, 0·log 0, counts as 0
    bce_term[s]:far by log:                                         # the same of a large score, without ŷ
        e = max(0, z[s]) - y[s]*z[s] + ln(1 + exp(-abs(z[s])))      # the same of a large score, without ŷ
        2 = (max(0, z[s]) - y[s]*z[s] + ln(1 + exp(-abs(z[s])))) / ln(2)    # the same of a large score
        10 = (max(0, z[s]) - y[s]*z[s] + ln(1 + exp(-abs(z[s])))) / ln(10)  # the same of a large score
    total_bce = sum(bce_term[s] for s in samples)
    BCE by reduce:
        mean = total_bce / n                                        # mean over the samples
        sum = total_bce                                             # sum over the samples
    cce_term[s] = -sum(y[s,k]*log(y_hat[s,k]) for k in classes)     # only classes that are true count
    total_cce = sum(cce_term[s] for s in samples)
    CCE by reduce:
        mean = total_cce / n                                        # mean over the samples
        sum = total_cce                                             # sum over the samples
""")

SLIPS = (
    DeclaredSlip("not-squared", rule("sq_e[s]", "abs(err[s])"), "the error was not squared"),
    DeclaredSlip("sign-kept", rule("abs_e[s]", "err[s]"), "the errors were added with their signs, not their sizes"),
    DeclaredSlip("root-left-out", rule("RMSE", "total_sq / n"), "the root was left out (that is the MSE)"),
    DeclaredSlip("root-then-mean", rule("RMSE", "sqrt(total_sq) / n"), "the root was taken before the division by n"),
    DeclaredSlip("huber-half",
                 rule("huber_term[s]", "err[s]**2 if abs(err[s]) <= delta else delta*(abs(err[s]) - delta/2)"),
                 "the ½ of the small errors is left out"),
    DeclaredSlip("huber-linear", rule("huber_term[s]", "err[s]**2/2 if abs(err[s]) <= delta else delta*abs(err[s])"),
                 "δ/2 was left out for the large errors"),
    DeclaredSlip("huber-all-squared", rule("huber_term[s]", "err[s]**2/2"),
                 "large errors were squared like small ones"),
    DeclaredSlip("hinge-negative", rule("hinge_term[s]", "1 - margin[s]"), "a hinge loss below 0 was not set to 0"),
    DeclaredSlip("hinge-zero", rule("hinge_term[s]", "max(0, -margin[s])"), "the margin of 1 is left out"),
    DeclaredSlip("bce-brackets", rule("bce_term[s]", "-y[s]*log(y_hat[s]) + (1 - y[s])*log(1 - y_hat[s])"),
                 "the minus was put before the first part only, not before both"),
    DeclaredSlip("bce-half", rule("bce_term[s]", "-y[s]*log(y_hat[s])"),
                 "the part of the negatives, (1 − y)·log(1 − ŷ), is left out"),
    DeclaredSlip("bce-minus", rule("bce_term[s]", "y[s]*log(y_hat[s]) + (1 - y[s])*log(1 - y_hat[s])"),
                 "the minus is left out"),
    DeclaredSlip("bce-turned", rule("bce_term[s]", "-(y[s]*log(1 - y_hat[s]) + (1 - y[s])*log(y_hat[s]))"),
                 "ŷ and 1 − ŷ are swapped"),
    DeclaredSlip("cce-minus", rule("cce_term[s]", "sum(y[s,k]*log(y_hat[s,k]) for k in classes)"),
                 "the minus is left out"),
    DeclaredSlip("cce-binary",
             rule("cce_term[s]", "-sum(y[s,k]*log(y_hat[s,k]) + (1 - y[s,k])*log(1 - y_hat[s,k]) for k in classes)"),
                 "binary cross-entropy was added up over the classes, not the true class alone"),
    DeclaredSlip("cce-unweighted", rule("cce_term[s]", "-sum(log(y_hat[s,k]) for k in classes)"),
                 "the target y is left out"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    wanted = losses(p)
    data = read(p, wanted)
    if data.n == 1:
        t.hide("s", 1)
    t.index_set("samples", range(1, data.n + 1))
    give(p, t, data)
    for name in wanted:
        t.section(TITLES[name])
        STEPS[name](p, t, data)
        t.answer(name if name in ("huber", "hinge") else name.upper())
    table(t, data)
    checks(p, t, data, wanted)


TOPIC = Topic(
    "loss", "Loss functions", "Losses", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), sections 5.5 and 6.2; Huber (1964), eq. 2",
    example={"y_true": [1, 0, 1], "y_pred": [0.9, 0.2, 0.6], "loss": ["bce"]},
    aliases=(
        "losses", "cost", "mse", "mae", "rmse", "bce", "cce", "huber", "hinge", "log-loss", "binary-cross-entropy",
        "categorical-cross-entropy", "loss-function", "mean-squared-error", "cross-entropy-loss",
    ),
    conventions={"log": "e", "reduce": "mean", "loss_scale": "mean"},
    contrast=("loss_scale", "reduce"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
