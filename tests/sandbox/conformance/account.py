"""The account that a session presumes: a sandbox with what the recorded answers show to have been there before.

Only what a person could have entered is taken from a recording (names, addresses, conditions, tags, times). Every other key of a record comes from the
sandbox itself, or there would be nothing to compare.
"""

from collections.abc import Iterable
from typing import Any

from deskhand.sandbox import Options, Sandbox, SimClock, Ticket, Via, shapes
from deskhand.sandbox.clock import epoch_of
from deskhand.sandbox.limits import UNLIMITED
from tests.sandbox.conformance.exchanges import Exchange
from tests.sandbox.conformance.presumed import Row, Rows, beyond, notices, presumed

_TIMES = "id created_at updated_at"
_ENTERED = {
    "organizations": "external_id domain_names details notes tags",
    "users": "email role time_zone locale_id organization_id external_id tags alias details notes verified suspended role_type custom_role_id active"
    " last_login_at signature",
    "groups": "description",
    "automations": "active actions conditions position",
    "macros": "active actions position description",
    "triggers": "active actions conditions position description",
    "views": "active conditions position description",
    "brands": "subdomain",
    "custom_roles": "description",
}
"""What is taken from a recorded row, beside its name or title and its times."""

_FILLERS = 101
"""How many rows are added where the recordings end before a list does."""


class Account:
    """A sandbox settled for one session. `kept` are the ids of the recording that are good in it too; `email` is who asks."""

    def __init__(self, session: list[Exchange], lasting: Rows) -> None:
        self.sandbox = Sandbox("acme", SimClock(session[0].at), options=options(session[0]), limits=UNLIMITED)
        self.world = self.sandbox.world
        for table in ("organizations", "recipient_addresses"):
            self.world.tables[table].rows.clear()
        self.kept: set[Any] = set()
        self.email = "admin@example.com"
        rows = presumed(session)
        self._settle(rows, lasting)
        self._act_as(rows)
        self._retire()
        for event in notices(session):
            self._notice(event)
        self._tell(rows, session)
        for table in beyond(session):
            self._fill(table, rows)

    def _settle(self, rows: Rows, lasting: Rows) -> None:
        """The rows of all tables, those first that others name."""
        for table in _ENTERED:
            known = {**lasting.get(table, {}), **rows.get(table, {})}
            for key in sorted(known):
                self._put(table, known[key])
        for row in [*rows.get("group_memberships", {}).values(), *_defaults(rows, lasting)]:
            self._join(row["user_id"], row["group_id"])
        for row in rows.get("tickets", {}).values():
            self._ticket(row)
        for row in rows.get("recipient_addresses", {}).values():
            facts = _part(row, "email brand_id default") | (
                {"domain_verification_code": None} if row["default"] else {}
            )
            self.world.make("recipient_addresses", shapes.recipient_address(row["name"], row["email"]), facts)
            self.kept.add(row["id"])
        for row in rows.get("webhooks", {}).values():
            self._webhook(row)

    def _put(self, table: str, row: Row) -> None:
        self.kept.add(row["id"])
        facts = _part(row, _ENTERED[table])
        match table:
            case "users":
                self._organization(row["organization_id"])
                if row["photo"] is not None:
                    facts["photo"] = shapes.photo(row["photo"]["id"], row["photo"]["file_name"], self.sandbox.url)
                self.world.add_user(row["name"], facts.pop("email"), facts.pop("role"), **facts)
            case "groups":
                self.world.add_group(row["name"], **facts)
            case "organizations":
                self.world.add_organization(row["name"], **facts)
            case "brands":
                self.world.add_brand(row["name"], **facts)
            case "custom_roles":
                self.world.make(table, shapes.custom_role(row["name"], row["role_type"]), facts)
            case "views":
                shown = row["execution"]
                way = {name: shown[name] for name in ("group_by", "group_order", "sort_by", "sort_order")}
                self.world.add_rule(table, row["title"], execution=shapes.execution(**way), **facts)
            case _:
                self.world.add_rule(table, row["title"], **facts)

    def _organization(self, key: int | None) -> None:
        if key is not None and self.world.tables["organizations"].get(key) is None:
            self.world.add_organization(f"Organization {key}", id=key)

    def _someone(self, key: int, role: str = "end-user") -> int:
        """A person whom a row names, made where no row tells of them."""
        if self.world.tables["users"].get(key) is None:
            self.world.add_user(f"Person {key}", f"p{key}@example.com", role, id=key)
            self.kept.add(key)
        return key

    def _join(self, user: int, group: int) -> None:
        if self.world.tables["groups"].get(group) is None:
            self.world.add_group(f"Group {group}", id=group)
        if self._someone(user, "agent") not in self.world.members.get(group, {}):
            self.world.add_membership(user, group)

    # Tickets.

    def _ticket(self, row: Row) -> None:
        """A ticket made when it was made, changed when it was last changed, and touched when it was last exported."""
        self.kept.add(row["id"])
        facts = {key: row[key] for key in ("subject", "external_id", "type", "priority", "tags") if row.get(key)}
        facts["requester_id"] = self._someone(row["requester_id"])
        made = self.world.create_ticket(
            facts, author=self._someone(row["submitter_id"]), number=row["id"], via=Via(row["via"]["channel"]), comment={"body": row["description"]},
            client="recorded", at=epoch_of(row["created_at"]),
        )  # fmt: skip
        with self.world.as_of(epoch_of(row["updated_at"])):
            if row["updated_at"] > row["created_at"] or row["group_id"] is not None:
                self._develop(made, row)
        if row.get("generated_timestamp", 0) > made.generated:
            with self.world.as_of(row["generated_timestamp"]):
                self.world.touch(made)

    def _develop(self, ticket: Ticket, row: Row) -> None:
        if row["assignee_id"] is not None:
            self._join(row["assignee_id"], row["group_id"])
        elif row["group_id"] is not None and self.world.tables["groups"].get(row["group_id"]) is None:
            self.world.add_group(f"Group {row['group_id']}", id=row["group_id"])
        if row["status"] == "deleted":
            self.world.delete_ticket(ticket, ticket.submitter_id)
            return
        changes = {key: row[key] for key in ("assignee_id", "group_id", "status") if row.get(key)}
        self.world.update_ticket(ticket, changes, author=ticket.submitter_id)

    def _tell(self, rows: Rows, session: list[Exchange]) -> None:
        """What stands in no table: audits, activities and tags, each by tickets that have them, and deliveries to webhooks."""
        for one in session:
            for _ in one.answer["invocations"] if one.endpoint == "GET /webhooks/{id}/invocations" else ():
                self.sandbox.webhooks.send(next(iter(rows["webhooks"].values())), "{}")
        for audit in rows.get("audits", {}).values():
            self._audit(audit)
        for row in sorted(rows.get("activities", {}).values(), key=lambda row: str(row["created_at"])):
            self._activity(row)
        for row in rows.get("tags", {}).values():
            for _ in range(row["count"]):
                self.world.create_ticket(
                    {"tags": [row["name"]]}, author=self.world.emails[self.email], comment="Tagged"
                )

    def _audit(self, row: Row) -> None:
        """A ticket's creation or a change of it, as the events of its audit tell."""
        facts = {
            event["field_name"]: event["value"] for event in row["events"] if event["type"] in ("Create", "Change")
        }
        comment = next(
            (_part(event, "body author_id public") for event in row["events"] if event["type"] == "Comment"), None
        )
        facts = {
            key: facts[key]
            for key in ("subject", "status", "type", "priority", "tags", "requester_id")
            if facts.get(key)
        }
        author, client = self._someone(row["author_id"], "agent"), row["metadata"]["system"].get("client")
        if row["ticket_id"] in self.world.tickets:
            with self.world.as_of(epoch_of(row["created_at"])):
                ticket = self.world.tickets[row["ticket_id"]]
                if ticket.deleted:
                    self.world.restore_ticket(ticket, author)
                elif facts.get("status") == "deleted":
                    self.world.delete_ticket(ticket, author)
                else:
                    self.world.update_ticket(ticket, facts, author=author, comment=comment, client=client)
        elif comment is not None:
            facts["requester_id"] = self._someone(int(facts.get("requester_id", author)))
            self.world.create_ticket(
                facts, author=author, number=row["ticket_id"], via=Via(row["via"]["channel"]), comment=comment, client=client,
                at=epoch_of(row["created_at"]),
            )  # fmt: skip

    def _activity(self, row: Row) -> None:
        """Somebody comments on a ticket of whoever asks, or gives it to them."""
        target = row["target"]["ticket"]
        agent, actor = row["user_id"], row["actor_id"]
        self._join(agent, 1)
        self._join(actor, 1)
        with self.world.as_of(epoch_of(row["created_at"])):
            if target["id"] not in self.world.tickets:
                self.world.create_ticket(
                    {"subject": target["subject"]}, author=agent, number=target["id"], comment="Asked"
                )
            if row["verb"] == "tickets.comment":
                self.world.update_ticket(
                    target["id"], {}, author=actor, comment={"body": row["object"]["comment"]["value"]}
                )
            else:
                self.world.update_ticket(target["id"], {"assignee_id": agent, "group_id": 1}, author=actor)

    # What is around.

    def _act_as(self, rows: Rows) -> None:
        """Whoever asks is the person whose activities are listed, or the account's own admin."""
        told = next(iter(rows.get("activities", {}).values()), None)
        admins = self.world.tables["users"].where(role="admin", active=True)
        self.email = next(
            (row["email"] for row in admins if told is not None and row["id"] == told["user_id"]), admins[-1]["email"]
        )

    def _retire(self) -> None:
        """The sandbox's own first admin leaves, where another one is there."""
        first = self.world.tables["users"].need(self.sandbox.door.admin())
        if first["email"] != self.email:
            first["active"] = False

    def _notice(self, event: Row) -> None:
        """A trigger that writes to those to whom an audit says that it wrote."""
        rule = event["via"]["source"]["from"]
        self.world.add_rule(
            "triggers", rule["title"], id=rule["id"], conditions={"all": [{"field": "update_type", "operator": "is", "value": "Create"}], "any": []},
            actions=[{"field": "notification_user", "value": ["requester_id", event["subject"], event["body"]]}],
        )  # fmt: skip

    def _webhook(self, row: Row) -> None:
        """A webhook whose receiver answers 403 to all that it is sent."""
        self.kept.add(row["id"])
        self.world.tables["webhooks"].put({key: value for key, value in row.items() if key != "authentication"})
        self.sandbox.deliver = lambda _endpoint, _headers, _body: 403

    def _fill(self, table: str, rows: Rows) -> None:
        """More rows than the recordings show, where they end before a list does."""
        for number in range(_FILLERS):
            match table:
                case "tickets":
                    self.world.create_ticket(
                        {"subject": "Filler"}, author=self.world.emails[self.email], comment="Filler"
                    )
                case "invocations":
                    self.sandbox.webhooks.send(next(iter(rows["webhooks"].values())), "{}")
                case "users" | "results":
                    self.world.add_user(f"Filler {number}")
                case "organizations":
                    self.world.add_organization(f"Filler {number}")


def options(one: Exchange) -> Options:
    """How the account of a recording answers: as accounts did in its year."""
    return Options(password_access=True, era="2023" if one.at.year < 2024 else "2024")


def _defaults(*sources: Rows) -> Iterable[Row]:
    """Everybody's own group, as memberships."""
    people = [row for rows in sources for row in rows.get("users", {}).values()]
    return [
        {"user_id": row["id"], "group_id": row["default_group_id"]}
        for row in people
        if row.get("default_group_id") is not None
    ]


def _part(row: Row, names: str) -> Row:
    """Some of a row's keys, and its id and times."""
    return {key: row[key] for key in (*names.split(), *_TIMES.split()) if key in row}
