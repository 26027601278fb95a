"""Who is at work, and what is missing on a machine or in a repository."""
