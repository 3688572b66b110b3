"""Exact, certified and float64 numbers; digits, rounding and flint's precision: the only place."""
