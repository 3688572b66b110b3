"""Chapter: beyond gradient descent."""
