"""Users, groups, memberships and organizations."""

from deskhand.sandbox import shapes
from deskhand.sandbox.api.beside import USER_SIDELOADS, members_of, with_members
from deskhand.sandbox.api.resource import Kind, answered, change, keys, listing, make, register
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import forbidden, invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import rows_beside

# Users.


def _may_make(ask: Ask, row: Row) -> None:
    if row["role"] != "end-user":
        ask.user.require("admin")


def _may_change(ask: Ask, row: Row, given: Row) -> None:
    """Agents change end users, and themselves but for their role; the rest is for admins. Raises Refusal (403)."""
    if given.get("role", row["role"]) != row["role"] or (row["role"] != "end-user" and row["id"] != ask.user.id):
        ask.user.require("admin")
    if any(name in given and given[name] != row[name] for name in ("custom_role_id", "role_type")):
        ask.user.require("admin")


def _user_made(ask: Ask, row: Row, given: Row) -> None:
    _may_make(ask, row)
    _unique_email(ask, row)
    _pictured(ask, row, given)
    ask.world.index_user(row)


def _pictured(ask: Ask, row: Row, given: Row) -> None:
    """A picture given by its address becomes one of the account's own."""
    address = given.get("remote_photo_url")
    if address:
        row["photo"] = shapes.photo(ask.world.new_id(2), str(address).rsplit("/", 1)[-1] or "photo.png", ask.base)


def _user_changed(ask: Ask, row: Row, given: Row) -> None:
    _unique_email(ask, row)
    _pictured(ask, row, given)
    row["only_private_comments"] = row["role_type"] == 1
    ask.world.index_user(row)


def _unique_email(ask: Ask, row: Row) -> None:
    if row["role"] not in ("end-user", "agent", "admin"):
        raise invalid_field("role", f"Role: {row['role']} is not valid")
    owner = ask.world.emails.get(str(row["email"] or "").lower())
    if owner is not None and owner != row["id"]:
        raise invalid_field("email", f"Email: {row['email']} is already being used by another user", "DuplicateValue")


def _user_shape(given: Row) -> Row:
    role = str(given.get("role") or "end-user")
    return shapes.user(str(given.get("name") or ""), given.get("email"), role) | {"verified": False}


USERS = Kind(
    "users", _user_shape,
    keys("name email role phone time_zone locale_id external_id organization_id tags notes details alias suspended signature user_fields default_group_id"
         " custom_role_id role_type ticket_restriction verified moderator only_private_comments restricted_agent"),
    needs=("name",), write_role="agent", resource="users", made=_user_made, allowed=_may_change, changed=_user_changed, verbs="show create update",
    sideloads=USER_SIDELOADS,
)  # fmt: skip


@route("GET", "/users", resource="users")
def users(ask: Ask) -> Row:
    """All people who are active, or those of the roles asked for."""
    roles = {value for name, value in ask.request.query if name in ("role", "role[]")}
    rows = [row for row in ask.world.tables["users"] if row["active"] and (not roles or row["role"] in roles)]
    if "external_id" in ask.query:
        rows = [row for row in rows if str(row["external_id"]).lower() == ask.query["external_id"].lower()]
    return listing(ask, USERS, rows)


@route("GET", "/users/count", resource="users")
def users_count(ask: Ask) -> Row:
    """How many people there are."""
    return counted(ask, len(ask.world.tables["users"]))


def counted(ask: Ask, value: int) -> Row:
    """The answer of a count endpoint."""
    return {"count": {"value": value, "refreshed_at": ask.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%S+00:00")}}


_ANONYMOUS: Row = {
    "id": None, "url": None, "name": "Anonymous user", "email": "invalid@example.com", "created_at": None, "updated_at": None, "time_zone": None,
    "iana_time_zone": None, "phone": None, "shared_phone_number": None, "photo": None, "locale_id": 1, "locale": "en-US", "organization_id": None,
    "role": "end-user", "verified": False,
}  # fmt: skip


@route("GET", "/users/me", role=None, resource="users")
def me(ask: Ask) -> Row:
    """Who asks; an anonymous user where nobody is signed in."""
    if ask.who is None and ask.world.options.anonymous_me:
        return {"user": _ANONYMOUS}
    row = with_url(ask.base, "users", ask.user.user)
    return {"user": row | {"authenticity_token": "sandbox"}}


@route("GET", "/users/show_many", resource="users")
def users_many(ask: Ask) -> Row:
    """Up to 100 people by id or external id, in the order of their ids."""
    if "external_ids" in ask.query:
        wanted = {value.lower() for value in ask.ids("external_ids")}
        rows = [row for row in ask.world.tables["users"] if str(row["external_id"]).lower() in wanted]
    else:
        rows = [row for key in ask.ids() if (row := ask.world.tables["users"].get(key)) is not None]
    rows = sorted({row["id"]: row for row in rows}.values(), key=lambda row: int(row["id"]))
    return {
        "users": [with_url(ask.base, "users", row) for row in rows],
        "next_page": None,
        "previous_page": None,
        "count": len(rows),
    } | rows_beside(ask, rows, USER_SIDELOADS)


@route("GET", "/users/search", resource="users")
def users_search(ask: Ask) -> Row:
    """People by name, e-mail address or external id."""
    return listing(ask, USERS, found_users(ask, ask.query.get("query", "")))


@route("GET", "/users/autocomplete", resource="users")
def users_autocomplete(ask: Ask) -> Row:
    """People whose name begins so."""
    name = ask.query.get("name", "").lower()
    return listing(ask, USERS, [row for row in ask.world.tables["users"] if str(row["name"]).lower().startswith(name)])


def found_users(ask: Ask, query: str) -> list[Row]:
    """People whom a query means."""
    if "external_id" in ask.query:
        return ask.world.tables["users"].where(external_id=ask.query["external_id"])
    words = [
        word.removeprefix("email:").removeprefix("name:").strip('"').rstrip("*").lower()
        for word in query.split()
        if not word.startswith("type:")
    ]
    roles = [word.removeprefix("role:") for word in words if word.startswith("role:")]
    words = [word for word in words if not word.startswith("role:")]
    rows = [row for row in ask.world.tables["users"] if row["active"] and (not roles or row["role"] in roles)]
    return [row for row in rows if all(word in f"{row['name']} {row['email'] or ''}".lower() for word in words)]


@route("POST", "/users/create_or_update", resource="users")
def upsert_user(ask: Ask) -> Answer:
    """Change the person with this e-mail address or external id, or make them."""
    given = ask.envelope("user")
    key = ask.world.emails.get(str(given.get("email") or "").lower())
    row = ask.world.tables["users"].get(key)
    if row is None and given.get("external_id"):
        row = ask.world.tables["users"].first(external_id=given["external_id"])
    if row is None:
        return Answer(answered(ask, USERS, make(ask, USERS, given)), 201)
    change(ask, USERS, row, given)
    return Answer(answered(ask, USERS, row))


@route("DELETE", "/users/{id}", role="admin", resource="users")
def delete_user(ask: Ask, key: str) -> Row:
    """Deactivate a person; the row stays."""
    row = ask.world.tables["users"].need(key)
    if not row["active"]:
        raise not_found()
    deactivate(ask, row)
    return {"user": with_url(ask.base, "users", row)}


def deactivate(ask: Ask, row: Row) -> None:
    """Let a person be inactive: their address is free again, and they leave their groups."""
    if any(
        not (t := ask.world.tickets[key]).deleted and t.unsolved for key in ask.world.by["requester_id"].ids(row["id"])
    ):
        raise invalid_field("base", f"User {row['name']} cannot be deleted: is the requester of open tickets")
    row["active"] = False
    ask.world.emails.pop(str(row["email"] or "").lower(), None)
    for membership in ask.world.tables["group_memberships"].where(user_id=row["id"]):
        ask.world.drop_membership(membership)


@route("GET", "/users/{id}/groups", resource="users")
def groups_of(ask: Ask, key: str) -> Row:
    """The groups of an agent."""
    memberships = ask.world.tables["group_memberships"].where(user_id=ask.world.tables["users"].need(key)["id"])
    return listing(ask, GROUPS, [ask.world.tables["groups"].need(row["group_id"]) for row in memberships])


# Groups.


def _group_dropped(ask: Ask, row: Row, _given: Row) -> None:
    if row["default"]:
        raise invalid_field("base", "Group: the default group cannot be deleted")
    for membership in ask.world.tables["group_memberships"].where(group_id=row["id"]):
        ask.world.drop_membership(membership)


GROUPS = Kind(
    "groups", lambda given: shapes.group(str(given.get("name"))), keys("name description default is_public"), needs=("name",), dropped=_group_dropped,
    verbs="list show create update delete", order=lambda row: (str(row["name"]).lower(), row["id"]),
    shown=with_members, sideloads={"users": members_of},
)  # fmt: skip


@route("GET", "/groups/assignable")
def assignable(ask: Ask) -> Row:
    """The groups to which whoever asks may assign."""
    return listing(ask, GROUPS, ask.world.tables["groups"])


@route("GET", "/groups/count")
def groups_count(ask: Ask) -> Row:
    """How many groups there are."""
    return counted(ask, len(ask.world.tables["groups"]))


@route("GET", "/groups/{id}/users", resource="users")
def users_of(ask: Ask, key: str) -> Row:
    """The members of a group."""
    members = ask.world.members.get(ask.world.tables["groups"].need(key)["id"], {})
    return listing(ask, USERS, [ask.world.tables["users"].need(user) for user in members])


# Memberships.


def _membership_made(ask: Ask, row: Row, _given: Row) -> None:
    user, group = ask.world.tables["users"].get(row.get("user_id")), ask.world.tables["groups"].get(row.get("group_id"))
    if user is None or group is None or user["role"] == "end-user":
        raise invalid_field("user_id", "User: must be an agent, and the group must exist")
    if user["id"] in ask.world.members.get(group["id"], {}):
        raise invalid_field("user_id", "User has already been taken", "DuplicateValue")
    row["default"] = user["default_group_id"] is None
    if row["default"]:
        user["default_group_id"] = group["id"]
    ask.world.members.setdefault(group["id"], {})[user["id"]] = row


def _membership_dropped(ask: Ask, row: Row, _given: Row) -> None:
    ask.world.members.get(row["group_id"], {}).pop(row["user_id"], None)


MEMBERSHIPS = Kind(
    "group_memberships", lambda given: {"user_id": given.get("user_id"), "group_id": given.get("group_id"), "default": False}, keys("user_id group_id"),
    made=_membership_made, dropped=_membership_dropped, verbs="list show create delete",
    sideloads={"users": ("users", "user_id"), "groups": ("groups", "group_id")},
)  # fmt: skip


@route("GET", "/group_memberships/assignable")
def memberships_assignable(ask: Ask) -> Row:
    """The memberships of agents who are active."""
    return listing(ask, MEMBERSHIPS, ask.world.tables["group_memberships"])


@route("GET", "/groups/{id}/memberships")
def memberships_of_group(ask: Ask, key: str) -> Row:
    """Who belongs to a group."""
    return listing(ask, MEMBERSHIPS, ask.world.members.get(ask.world.tables["groups"].need(key)["id"], {}).values())


@route("GET", "/users/{id}/group_memberships")
def memberships_of_user(ask: Ask, key: str) -> Row:
    """To which groups an agent belongs."""
    return listing(
        ask, MEMBERSHIPS, ask.world.tables["group_memberships"].where(user_id=ask.world.tables["users"].need(key)["id"])
    )


# Organizations.


def _unique_name(ask: Ask, row: Row, _given: Row) -> None:
    same = [
        other
        for other in ask.world.tables["organizations"]
        if other["id"] != row["id"] and str(other["name"]).lower() == str(row["name"]).lower()
    ]
    if same:
        raise invalid_field("name", f"Name:  {row['name']} has already been taken", "DuplicateValue")


def _organization_dropped(ask: Ask, row: Row, _given: Row) -> None:
    for user in ask.world.tables["users"].where(organization_id=row["id"]):
        user["organization_id"] = None


ORGANIZATIONS = Kind(
    "organizations", lambda given: shapes.organization(str(given.get("name"))),
    keys("name shared_tickets shared_comments external_id domain_names details notes group_id tags organization_fields"), needs=("name",),
    resource="organizations", made=_unique_name, changed=_unique_name, dropped=_organization_dropped,
)  # fmt: skip


@route("GET", "/organizations/show_many", resource="organizations")
def organizations_many(ask: Ask) -> Row:
    """Up to 100 organizations by id or external id, in the order of their names."""
    wanted = {value.lower() for value in ask.ids("external_ids")}
    rows = [row for row in ask.world.tables["organizations"] if str(row["external_id"]).lower() in wanted]
    rows += [row for key in ask.ids() if (row := ask.world.tables["organizations"].get(key)) is not None]
    found = {row["id"]: row for row in rows}.values()
    return listing(ask, ORGANIZATIONS, sorted(found, key=lambda row: (str(row["name"]).lower(), row["id"])))


@route("GET", "/organizations/search", resource="organizations")
def organizations_search(ask: Ask) -> Row:
    """Organizations by external id or exact name."""
    name = "external_id" if "external_id" in ask.query else "name"
    value = ask.query.get(name, "").lower()
    return listing(
        ask, ORGANIZATIONS, [row for row in ask.world.tables["organizations"] if str(row[name]).lower() == value]
    )


@route("GET", "/organizations/autocomplete", resource="organizations")
def organizations_autocomplete(ask: Ask) -> Row:
    """Organizations whose name begins so."""
    name = ask.query.get("name", "").lower()
    return listing(
        ask,
        ORGANIZATIONS,
        [row for row in ask.world.tables["organizations"] if str(row["name"]).lower().startswith(name)],
    )


@route("GET", "/organizations/count", resource="organizations")
def organizations_count(ask: Ask) -> Row:
    """How many organizations there are."""
    return counted(ask, len(ask.world.tables["organizations"]))


@route("GET", "/organizations/{id}/users", resource="users")
def users_of_organization(ask: Ask, key: str) -> Row:
    """The people of an organization."""
    return listing(
        ask,
        USERS,
        ask.world.tables["users"].where(organization_id=ask.world.tables["organizations"].need(key)["id"], active=True),
    )


for kind in (USERS, GROUPS, MEMBERSHIPS, ORGANIZATIONS):
    register(kind)


@route("GET", "/users/{id}/related", resource="users")
def user_related(ask: Ask, key: str) -> Row:
    """How many tickets a person has to do with."""
    row = ask.world.tables["users"].need(key)
    if ask.user.role == "end-user":
        raise forbidden()
    by = ask.world.by
    return {
        "user_related": {
            "assigned_tickets": len(by["assignee_id"].ids(row["id"])), "requested_tickets": len(by["requester_id"].ids(row["id"])), "ccd_tickets": 0,
            "organization_subscriptions": 0, "topics": 0, "topic_comments": 0, "votes": 0, "subscriptions": 0, "entry_subscriptions": 0,
            "forum_subscriptions": 0,
        }
    }  # fmt: skip
