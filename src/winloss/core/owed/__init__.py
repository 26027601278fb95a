"""Who owes what by when, and where each deal stands."""
