"""What makes a folder a repository of records, and keeps it up to date."""
