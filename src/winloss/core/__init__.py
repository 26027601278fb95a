"""Thinking: text and values in, text and values out.

Nothing here touches the disk, git, the clock, the network or the terminal. The modules form one
ordered list, and each imports only from those before it (``tests/test_house.py`` holds it)::

    problem  tree  wording  days  node  syntax  front  document  body  escape  template  reader
    policy  form  forms  record  values  records  ledger  placement  rules  schedule  accounts
    figures  rollup  rollup_json  exchange  naming  findings  coverage  comparison  page  lines
    scaffold  report
"""
