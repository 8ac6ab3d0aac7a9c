"""Names that policies use, against those of an account."""

from textwrap import dedent

from deskhand.documents import check_names
from tests.documents.words import loaded

TEXT = dedent("""\
    rules:
    - id: r
      when: {group: Biling, field.area: [api, wbe], field.text: anything, organization.teir: gold, requester.vip: true, brand: Acme}
      then:
      - assign: {group: Netwrok, assignee: Lead@acme.example}
      - set: {field.aera: api, form: Incidnt, custom_status: Waiting}
      - add_follower: led@acme.example
      ignore: [no-tests, no-description]
    """)

KNOWN = {
    "groups": ["Billing", "Network"],
    "agents": ["lead@acme.example"],
    "fields": ["area", "text"],
    "options": ["area=api", "area=web"],
    "organization_fields": ["tier"],
    "brands": ["Acme"],
    "forms": ["Incident"],
    "statuses": ["Waiting"],
}


def test_each_name_that_the_account_lacks_is_a_problem_at_its_place() -> None:
    """With what was probably meant; addresses in any case; a field without options takes any value."""
    assert [str(problem) for problem in check_names(loaded(TEXT), KNOWN)] == [
        "policies/x.yaml:3:17: rule 'r': unknown group 'Biling' (did you mean 'Billing'?) [unknown-group]",
        "policies/x.yaml:3:43: rule 'r': unknown option 'wbe' of field 'area' (did you mean 'web'?) [unknown-option]",
        "policies/x.yaml:3:71: rule 'r': unknown organization field 'teir' (did you mean 'tier'?) [unknown-field]",
        "policies/x.yaml:5:21: rule 'r': unknown group 'Netwrok' (did you mean 'Network'?) [unknown-group]",
        "policies/x.yaml:6:11: rule 'r': unknown field 'aera' (did you mean 'area'?) [unknown-field]",
        "policies/x.yaml:6:34: rule 'r': unknown form 'Incidnt' (did you mean 'Incident'?) [unknown-name]",
        "policies/x.yaml:7:19: rule 'r': unknown agent 'led@acme.example' (did you mean 'lead@acme.example'?) [unknown-agent]",
    ]


def test_a_kind_that_is_not_known_is_not_checked() -> None:
    """Without a list of the account's groups nothing is said of groups."""
    assert check_names(loaded(TEXT), {}) == ()
    assert {problem.check for problem in check_names(loaded(TEXT), {"agents": []})} == {"unknown-agent"}


def test_roles_notes_and_clocks_name_things_too() -> None:
    """An agent of a role, a field in a note, a field that stops a clock."""
    text = """
        roles: {csm: {agent: csm@acme.example, note: hello}}
        notes: {hello: "<< ticket.field.colour >>"}
        clocks: {c: {starts: created, stops: {field.stage: done}, promise: sla_response_minutes}}
        """

    assert [problem.message for problem in check_names(loaded(text), {"agents": [], "fields": []})] == [
        "role 'csm': unknown agent 'csm@acme.example'",
        "note 'hello': unknown field 'colour'",
        "clock 'c': unknown field 'stage'",
    ]
