"""Thinking: text and values in, text and values out.

Nothing here touches the disk, git, the clock, the network or the terminal. The modules form one
ordered list, and each imports only from those before it (``tests/test_house.py`` holds it)::

    problem  tree  wording  days  node  front  document  body  reader  policy  form  forms  record
    values  records  ledger  rules  schedule  accounts  rollup  rollup_json  escape  template
    exchange  naming  findings  coverage  page  lines  scaffold  report
"""
