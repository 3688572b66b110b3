"""Parts of a derivation that several topics write: determinants, roots of polynomials, row reduction;
and, by chapter, what a topic outgrows: its inputs with the samples made of them, its longer workings.

They stand between `trace` and the topics: given a `Trace` and exact values, they write the steps; they know no topic.
"""
