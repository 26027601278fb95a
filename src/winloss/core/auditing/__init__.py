"""The past, held against the promises: approvals, sealed quarters, hindsight."""
