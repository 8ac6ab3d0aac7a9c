"""The policy of the trials with services: the rules of all trials, and a ladder, an issue and a public word beside them."""

from typing import Final

from tests.trials.rules import EDITED, POLICY

CHANNELS: Final = """
calendars:
  office: {zone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}}
channels:
  pager: {service: pagerduty, place: PSUPPORT}
  events: {service: pagerduty_events}
  room: {service: slack, place: C0INCIDENTS}
  desk: {service: slack, place: C0SUPPORT, hours: office}
  receiver: {service: webhook}
  issues: {service: jira, place: ESC, options: {issue_type: Bug}}
  public: {service: statuspage, place: acmestatus, options: {review: never}}
roles:
  on-call: {channels: [pager, events, room], schedule: {policy: PENGINEERS, level: 1}}
  second: {channels: [events, receiver, room], schedule: {policy: PENGINEERS, level: 2}}
  team: {channels: [room]}
  lead: {channels: [desk]}
announcements:
  broken: {title: Some requests may fail, text: "We are looking into it. Next update at << next_update | moment >>.", next_update: 60m}
  works: {title: Some requests may fail, text: "It works again."}
ladders:
  out:
    kind: technical
    description: Somebody looks at it now.
    severities: [p1]
    stops: {tags: [mark1]}
    alike: field.issue_type
    reask: 8h
    rungs:
      - {name: On call, role: on-call, wait: 5m, pages: 2}
      - {name: The room, role: team, how: notify}
      - {name: Second, role: second, wait: 10m, pages: 2}
"""
"""`mark1` is a tag that people put on and take off as they like: contained, and not contained after all."""

RULES: Final = """
  - id: out
    when: {priority: urgent}
    then:
      - escalate: {ladder: out}
  - id: tell-lead
    when: {priority: high}
    then:
      - notify: {role: lead}
  - id: issue
    when: {field.issue_type: network_outage}
    then:
      - file_issue: {channel: issues}
  - id: public
    when: {all: [{priority: urgent}, {field.issue_type: network_outage}]}
    then:
      - publish: {channel: public, status: investigating, text: broken}
"""
LADDERS: Final = CHANNELS + POLICY + RULES
EDITED_LADDERS: Final = (CHANNELS + EDITED + RULES).replace("wait: 5m", "wait: 7m")
"""The same after an edit in flight: an acknowledgement is waited for a little longer."""
