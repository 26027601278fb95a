"""The verbs: one short file for each, named as it is typed."""
