"""The proposals of the demonstration: one rejected, one approved, one that waits."""

SIZE = """---
kind: proposal
id: company-size-under-scored
date: 2026-06-03
filed_by: sales.ops
claim: under-scored
dimension: company_size
evidence: [7002, 7005, 7006]
---

## What changes

A partial company size is to count as much as a strong one.

## Why the evidence supports it

Woodgrove, VanArsdel and Relecloud are small, and were delivered well.

## The evidence against, and why it does not decide

Coho Vineyard is large and went badly; its partner manager had left.
"""
TIMING = """---
kind: proposal
id: timing-over-scored
date: 2026-07-20
filed_by: sales.ops
claim: over-scored
dimension: timing
evidence: [7001, 7003, 7004, 7007]
---

## What changes

A strong timing gives one point instead of two.

## Why the evidence supports it

In four deliveries an open budget or a fixed date hurried the start, and the people whom we needed
had no time. None of the four was delivered well.

## The evidence against, and why it does not decide

Munson Farms had no budget season and went well: that speaks for less weight, too, and not for more.
"""
LEADERSHIP = """---
kind: proposal
id: revenue-leadership-redefined
date: 2026-09-28
filed_by: sales.ops
claim: redefine
dimension: revenue_leadership
evidence: [7003, 7005, 7009]
---

## What changes

The dimension asks who owns the partner number, by name. A title without the number gives no point.

## Why the evidence supports it

Three post-mortems found a revenue leader who did not own the number.

## The evidence against, and why it does not decide

None that we know of.
"""
