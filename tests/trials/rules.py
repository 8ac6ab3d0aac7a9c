"""The policy that trials run: a rule of each kind, whose promises an outsider can work out from the audits alone."""

from typing import Final

ANSWER_WITHIN: Final = 4 * 3600
"""Seconds until a first answer, whatever the severity: so that an outsider needs nothing but the creation and the answer."""

POLICY: Final = """
clocks:
  answer:
    starts: created
    stops: [agent_reply]
    targets: {p1: 4h, p2: 4h, p3: 4h, p4: 4h}
notes:
  half: "Half of the time for an answer is used: << clock.elapsed | duration >> of << clock.target | duration >>."
  broken: "No answer in time. The customer wrote: << ticket.subject >>"
  silence: "The customer has waited since << now | moment >>."
groups:
  - id: routing
    match: first
    rules:
      - id: route-network
        when: {field.issue_type: network_outage}
        then:
          - assign: {group: Network}
          - add_tags: [routed_network]
      - id: route-billing
        when: {field.issue_type: billing}
        then:
          - assign: {group: Billing}
          - add_tags: [routed_billing]
rules:
  - id: half-used
    when: {burn: {clock: answer, at_least: 50%}}
    then:
      - add_tags: [half_used]
      - internal_note: half
  - id: answer-late
    when: {clock: {name: answer, is: breached}}
    then:
      - raise_severity: {by: 1, reason: answer_late}
      - set: {field.escalation_state: answer_late}
      - internal_note: broken
  - id: silence
    when:
      all:
        - since: {instant: customer_reply, at_least: 6h}
        - status: [new, open]
    then:
      - internal_note: silence
    repeat: {every: 12h, at_most: 3}
  - id: forgotten
    when:
      all:
        - status: pending
        - since: {instant: status, at_least: 2d}
    then:
      - add_tags: [forgotten]
  - id: overdue
    when: {clock: {name: next_reply_time, is: breached}}
    then:
      - add_tags: [reply_overdue]
  - id: fought
    when:
      all:
        - priority: urgent
        - not: {tags: {any: [fought]}}
    then:
      - add_tags: [fought]
"""

EDITED: Final = POLICY.replace("Half of the time", "Half of all the time").replace("at_least: 6h", "at_least: 7h")
"""The same rules after an edit in flight: other words, another waiting time."""
