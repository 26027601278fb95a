"""A peer that answers as Monday.com's documentation says, on this machine only.

``documented`` lists what it does and where that is said, ``account`` holds its boards and items,
``service`` executes GraphQL documents over the vendor's types, ``transport`` is the HTTP around it,
``faults`` what may go wrong there, ``rehearsal`` what ``python -m winloss.testing.monday`` begins
with. A test takes ``transport.serving``.
"""
