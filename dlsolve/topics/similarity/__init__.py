"""Similarity: how alike two vectors are."""
