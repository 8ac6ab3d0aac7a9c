"""Macros as code, as use cases: look at the account, plan, apply, and what belongs to that.

ports      what they need from outside          document   a plan as a file with a digest
look       account, state and templates joined  plan       what would change, and what speaks against it
apply      carries a plan out                   write      one item's writes, and what they came to
adopt      takes one macro over                 revert     undoes a run
keep       the state: rebuild, move, remove
"""
