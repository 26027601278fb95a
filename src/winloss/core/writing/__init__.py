"""What a person writes with and reads: scaffolds, problems in every format, schemas, snippets."""
