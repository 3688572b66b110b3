"""Chapter: feed-forward networks."""
