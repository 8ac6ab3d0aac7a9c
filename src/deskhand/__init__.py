"""deskhand keeps a helpdesk's promises: it works with Zendesk and is not affiliated with it.

A **feed** says that tickets changed; `poll` stores them and wakes their keys. `evaluate` loads a **ticket**, its **clocks** and its **ledger**, asks
the pure core for a **decision** and stores it with the **outbox** rows and the instant to look again, in one transaction. `dispatch` performs
the rows against the **desk**, conditional on what was read, and settles what is unclear from the audits.

A second tool keeps Zendesk's **macros** equal to templates under version control: `documents.macros` compiles them, `core.macros` plans, `app.macros`
looks and applies.

Layers, each importing only what stands to its right (tests/test_architecture.py holds the table):

    cli -> doctor, worker, web, sandbox -> wiring -> documents, zendesk, store, notify -> http -> core -> errors
                                                  -> app (the use cases; they know ports, not adapters) -> core

core        pure values and decisions                 store      SQLite or PostgreSQL, and the same in memory
documents   YAML to core values, or a list of problems   notify  one file per outside service
zendesk     feeds, reads and conditional writes       app        use cases: poll, evaluate, dispatch, explain
http        the guarded session under the adapters    sandbox    a pretended Zendesk, for demo, tests and drills
"""

__version__ = "0.1.0"
