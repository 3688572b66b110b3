"""Classification as tables: cases, counts and scores by class."""
