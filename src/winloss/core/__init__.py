"""Thinking: text and values in, text and values out.

Nothing here touches the disk, git, the clock, the network or the terminal. The modules form one
ordered list, and each imports only from those before it (``tests/test_house.py`` holds it)::

    problem  plumbing  tree  commits  story  wording  days  node  syntax  front  document
    body  escape  template  reader  answers  public_holidays  people  audience  renewal
    model  policy  form  dues  forms  record  values  records  ledger  placement  followup
    governance  rules  obligation  cycle  actions  schedule  accounts  figures  small_cells
    rollup  rollup_json  tallies  edition  exchange  agenda  ical  standing  promotion
    naming  findings  coverage  comparison  reviews  restated  page  lines  briefing
    scaffold  report  interchange  json_values  json_schema  model_change  rule_change
    bearing  backtest  remarks  evidence  evidence_page  amendment  versions  approval  past
    trail  verdict  identity  diagnosis  machine_signs  repository_signs  audit_rules
    audit_records  audit_merges  audit_pages  audit  publication  leaks  secrecy  demo_deals
    demo_proposals  demo  codeowners  snippets  adoption  patch  upgrade
"""
