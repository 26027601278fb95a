"""Thinking: text and values in, text and values out.

Nothing here touches the disk, git, the clock, the network or the terminal. The modules form one
ordered list, and each imports only from those before it (held by ``tests/test_house.py``)::

    problem  tree  wording  days  document  body  policy  form  record  ledger  rules
    scaffold  escape  template  exchange  rollup  page  report
"""
