"""What stands in for the world when winloss is tried out.

Nothing outside this package imports it, and of winloss it imports ``winloss.core`` only: what it
says of the other end never comes from the code that talks to that end.
"""
