"""Repositories and their commits as values: what git prints, trees of files, stories."""
