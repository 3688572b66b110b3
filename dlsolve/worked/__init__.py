"""Parts of a derivation that several topics write: determinants, roots of polynomials, row reduction.

They stand between `trace` and the topics: given a `Trace` and exact values, they write the steps.
"""
