"""A firm that does not exist, with a year of history."""
