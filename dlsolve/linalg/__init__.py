"""Exact linear algebra over the rationals and over Q(λ): row reduction, polynomials, spectra."""
