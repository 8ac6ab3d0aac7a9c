"""The people of the demo company."""

import pytest

from deskhand.sandbox import Sandbox
from deskhand.sandbox.company import Company, settle
from deskhand.sandbox.company_people import GROUPS, SPECIAL, WORKER, address


@pytest.fixture(scope="module")
def company() -> Company:
    """The company without tickets; not to be changed."""
    return settle(Sandbox())


def test_every_group_has_somebody_who_can_be_assigned(company: Company) -> None:
    """No group stands empty but for light agents or the worker."""
    assert set(company.groups) == set(GROUPS)
    assert all(company.cast.colleagues(group) for group in company.groups.values())


def test_the_agents_whom_policies_name_are_members_of_their_groups(company: Company) -> None:
    """lead@, csm@, oncall@ and security@ are agents in the groups that fit them."""
    members = company.sandbox.world.members

    for _, email, groups in SPECIAL:
        assert all(company.agents[email] in members[company.groups[group]] for group in groups)


def test_about_25_agents_and_200_customers(company: Company) -> None:
    """The staff is small, and addresses are unique."""
    users = list(company.sandbox.world.tables["users"])
    emails = [row["email"] for row in users]

    assert 24 <= sum(row["role"] == "agent" for row in users) <= 32
    assert sum(row["role"] == "end-user" for row in users) == 200
    assert len(set(emails)) == len(emails)
    assert company.sandbox.world.tables["users"].need(company.agents[WORKER])["role"] == "admin"


def test_enterprise_customers_have_somebody_who_looks_after_them(company: Company) -> None:
    """Sixty companies in three tiers; csm_id is the id of csm@ for enterprise and empty for others."""
    fields = [row["organization_fields"] for row in company.organizations]

    assert len(fields) == 60
    assert {row["tier"] for row in fields} == {"enterprise", "business", "starter"}
    assert all(
        (row["csm_id"] == str(company.agents["csm@acme.example"])) == (row["tier"] == "enterprise") for row in fields
    )


def test_an_address_is_made_of_letters_and_dots() -> None:
    """Apostrophes go, a number keeps namesakes apart."""
    assert address("Dana O'Brien", "acme.example") == "dana.obrien@acme.example"
    assert address("Dana O'Brien", "acme.example", 7) == "dana.obrien7@acme.example"
