"""Thinking: text and values in, text and values out.

Nothing here touches the disk, git, the clock, the network or the terminal. The modules form one
ordered list, room by room, and each imports only from those before it (``tests/test_house.py``
holds it)::

    problem  wording  days
    repository: plumbing tree commits story patch
    text: token_shape node syntax front document body escape template reader answers
    rulebook: public_holidays people audience renewal boards model policy form
        dues forms
    deals: record values records receipts ledger placement followup governance rules
    owed: obligation cycle actions schedule agenda ical standing promotion
    pages: accounts figures rollup rollup_json exchange naming findings coverage comparison
        reviews restated page
    writing: lines briefing scaffold report interchange json_values json_schema snippets
    filing: request token preflight filings plan seen conversation
        account_boards board_parts setup monday_section
    changes: addresses model_change rule_change bearing backtest remarks evidence evidence_page
        amendment
    auditing: versions approval past trail verdict audit_rules audit_records audit_merges
        audit_pages audit
    publishing: small_cells tallies edition publication leaks secrecy
    founding: codeowners adoption upgrade
    health: identity diagnosis machine_signs repository_signs
    demonstration: demo_deals demo_proposals demo
"""
