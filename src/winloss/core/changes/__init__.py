"""A change of the rules: what it is, what it rests on, what it would have done."""
