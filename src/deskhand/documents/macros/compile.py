"""From files to the macros that one environment should have: templates written out, names turned into numbers, texts into their fixed form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import ValidationError

from deskhand.core.macros.marker import KEY
from deskhand.core.macros.record import Want
from deskhand.core.macros.value import FIELDS, Action, Macro, Opaque, Restriction, value_of
from deskhand.documents.macros.folder import Folder, Source, attachment, file_digest
from deskhand.documents.macros.models import EnvModel, LocaleModel, MacroModel, ReplyModel, RestrictionModel
from deskhand.documents.macros.rich import from_html, from_markdown
from deskhand.documents.macros.template import Lookup, Templates, TemplateWrong
from deskhand.documents.macros.words import BESIDE, WORDS, Word
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, errors, listed, near, ordered
from deskhand.documents.validate import complaints
from deskhand.documents.yaml_reader import read_bytes
from deskhand.errors import Rejected

MOST_FILES: Final = 5
MOST_BYTES: Final = 50_000_000
_OFFLINE: Final = "0"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What an environment should have. Where there is an error, a macro that has one is left out."""

    wants: tuple[Want, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    """The file of each key."""


def offline(_kind: str, _name: str) -> str:
    """Takes every name as known: for checks without an account."""
    return _OFFLINE


def compile_folder(folder: Folder, env: str = "", lookup: Lookup = offline) -> Compiled:
    """The macros of one environment; without one, with the shared variables alone."""
    compiler = _Compiler(folder, env, lookup)
    compiler.problems += folder.problems
    wants = [want for source in folder.sources for want in compiler.wants(source)]
    compiler.problems += _keys(folder)
    sources = {source.model.key: source for source in folder.sources}
    return Compiled(tuple(wants), ordered(compiler.problems), sources)


def recompiled(folder: Folder, source: Source, text: str, env: str, lookup: Lookup) -> Compiled:
    """What a file would give if it held another text."""
    read = read_bytes(text.encode(), source.file)
    compiler = _Compiler(folder, env, lookup)
    compiler.problems += read.problems
    if read.node is None or not read.node.mapping:
        return Compiled((), ordered(compiler.problems))
    try:
        other = replace(source, model=MacroModel.model_validate(read.node.plain), node=read.node, digest=read.digest)
    except ValidationError as error:
        return Compiled((), ordered([*compiler.problems, *complaints(read.node, error, MacroModel)]))
    wants = tuple(compiler.wants(other))
    return Compiled(wants, ordered(compiler.problems), {other.model.key: other})


def rows_by_item(folder: Folder, source: Source, env: str, lookup: Lookup) -> list[tuple[Action, ...]]:
    """What each entry of a file's `actions` comes to."""
    file = _File(_Compiler(folder, env, lookup), source)
    locale, content = folder.locales[0], list[tuple[str, str]]()
    return [tuple(file.item_actions(item, locale, content)) for item in source.node.at(("actions",)).items]


def write_text(folder: Folder, source: Source, text: str, env: str, lookup: Lookup) -> str:
    """A part of a file's text with its templates written out; as it is where they are wrong."""
    file = _File(_Compiler(folder, env, lookup), source)
    return file.text(source.node, text, locale=folder.locales[0])


class _Compiler:
    """Compiles files one by one, and gathers what is wrong."""

    def __init__(self, folder: Folder, env: str, lookup: Lookup) -> None:
        self.folder, self.env = folder, env
        self.problems: list[Problem] = []
        self.special = folder.envs.get(env) or EnvModel(account="-")
        settings = folder.settings
        shared = dict(settings.variables) if settings else {}
        self.installation = settings.installation if settings else "none"
        values = {"vars": shared | self.special.variables, "env": env, "installation": self.installation}
        self.templates = Templates(values, folder.partials, self._renamed(lookup))
        if env and env not in folder.envs:
            hint = near(env, folder.envs) or f"there are {', '.join(folder.envs) or 'none'}; write env/{env}.yaml"
            self._note(Problem(folder.shown, 0, 0, f"there is no environment '{env}'", "unknown-environment", hint))

    def wants(self, source: Source) -> Iterator[Want]:
        """The macro of a file, or one for each of its locales. Nothing where it has an error."""
        before = len(errors(self.problems))
        file = _File(self, source)
        made = list(file.wants())
        if len(errors(self.problems)) == before:
            yield from made

    def _renamed(self, lookup: Lookup) -> Lookup:
        """Names as this environment calls them."""
        names = self.special.names

        def look(kind: str, name: str) -> str:
            return lookup(kind, names.get(kind.replace(" ", "_"), {}).get(name, name))

        return look

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)


class _File:
    """One file on its way to macros."""

    def __init__(self, compiler: _Compiler, source: Source) -> None:
        self.compiler, self.source = compiler, source
        self.model, self.node = source.model, source.node
        self.templates = compiler.templates
        self.templates.take_used()
        self.templates.referred.clear()
        self.uploads: tuple[tuple[str, str], ...] = ()

    def wants(self) -> Iterator[Want]:
        """Its macros."""
        self._check_key()
        base, model = self._macro(), self.model
        macros = {model.key: base}
        if model.locales_as == "macros":
            macros |= {f"{model.key}@{locale}": self._in_locale(base, locale) for locale in model.locales}
        want = Want(
            model.key,
            base,
            file=self.source.file,
            owned=tuple(name for name in FIELDS if name not in model.leave_to_ui),
            prune=model.prune,
            inputs=(("file", self.source.digest[:16]), *self.templates.take_used()),
            references=tuple((f"{kind} {name}", number) for (kind, name), number in self.templates.referred.items()),
            uploads=self.uploads,
        )
        for key, macro in macros.items():
            old = model.moved and model.moved + key.removeprefix(model.key)
            yield replace(want, key=key, macro=macro, moved=old)

    def _macro(self) -> Macro:
        model = self.model
        default = self.compiler.folder.locales[0]
        content: list[tuple[str, str]] = []
        actions = tuple(self._actions(self.node.at(("actions",)), default, content))
        self._check_locales()
        return Macro(
            title=self.text(self.node.at(("title",)), model.title, locale=default),
            actions=actions,
            active=model.active,
            description=self.text(self.node.at(("description",)), model.description, locale=default).strip(),
            restriction=self._restriction(),
            attachments=tuple(self._attachments()),
            content=tuple(content),
        )

    def text(self, node: Node, text: str, **more: object) -> str:
        """A text with its templates written out; a mistake is noted, and the text stays as it is."""
        try:
            return self.templates.write(text, key=self.model.key, **more)
        except TemplateWrong as wrong:
            fault = wrong.fault
            block = "\n" in text.rstrip("\n") or text.endswith("\n")
            line = node.line + fault.line if block else node.line
            at = Node(node.file, line, 1 if block else node.column, None)
            self.note(at, fault.message, fault.check, fault.hint)
            return text

    def number(self, node: Node, kind: str, name: str) -> str:
        """The number of a name; a mistake is noted."""
        try:
            return self.templates.number(kind, self.text(node, name))
        except Rejected as unknown:
            if unknown.status is not None:  # the account refused the question itself
                raise
            self.note(node, str(unknown), "unknown-macro-name", unknown.hint)
            return _OFFLINE

    def note(self, node: Node, message: str, check: str, hint: str = "") -> None:
        """Note what is wrong at a place."""
        self.compiler.problems.append(node.problem(message, check, hint))

    def _check_key(self) -> None:
        if not re.fullmatch(KEY, self.model.key):
            hint = "lower-case letters, digits, dots, hyphens and underscores, 63 at most"
            self.note(self.node.at(("key",)), f"'{self.model.key}' is no key", "bad-macro-key", hint)

    def _restriction(self) -> Restriction | None:
        who = self.model.restriction
        if not isinstance(who, RestrictionModel):
            return None
        at = self.node.at(("restriction", "groups"))
        return Restriction("Group", tuple(self.number(at, "group", name) for name in who.groups))

    def _attachments(self) -> Iterator[str]:
        names, at = self.model.attachments, self.node.at(("attachments",))
        if len(names) > MOST_FILES:
            self.note(at, f"{len(names)} attachments; Zendesk takes {MOST_FILES}", "bad-attachment")
        found: list[tuple[str, str]] = []
        for number, name in enumerate(names):
            path = attachment(self.compiler.folder, self.source, name)
            if path is None:
                self.note(
                    at.at((number,)), f"there is no file '{name}'", "bad-attachment", "paths start beside this file or at the top of the folder"
                )  # fmt: skip
            elif path.stat().st_size > MOST_BYTES:
                self.note(at.at((number,)), f"'{name}' is larger than 50 MB", "bad-attachment")
            else:
                found.append((file_digest(path), path.relative_to(self.compiler.folder.path.resolve()).as_posix()))
        self.uploads = tuple(found)
        yield from (digest for digest, _ in found)

    # Actions.

    def _actions(self, node: Node, locale: str, content: list[tuple[str, str]]) -> Iterator[Action]:
        for item in node.items:
            yield from self.item_actions(item, locale, content)

    def item_actions(self, item: Node, locale: str, content: list[tuple[str, str]]) -> Iterator[Action]:
        """What one entry of `actions` comes to."""
        name = next((name for name in item.mapping if name in WORDS), "")
        if not name:
            words = list(item.mapping) or [str(item.value)]
            hint = near(words[0], WORDS) or f"there are {', '.join(WORDS)}"
            self.note(item, f"'{words[0]}' is no action", "bad-macro-action", hint)
            return
        strange = [key for key in item.mapping if key != name and key not in BESIDE.get(name, ())]
        for key in strange:
            self.note(
                item.key(key),
                f"'{key}' does not belong to '{name}'",
                "bad-macro-action",
                "one action is one entry of the list",
            )
        yield from self._action(WORDS[name], name, item, locale, content)

    def _action(
        self, word: Word, name: str, item: Node, locale: str, content: list[tuple[str, str]]
    ) -> Iterator[Action]:
        node = item.mapping[name]
        match word.kind:
            case "choice":
                yield self._choice(word, name, node)
            case "name":
                yield Action(word.field, self._name(word, node))
            case "text":
                yield Action(word.field, self.text(node, self._string(node), locale=locale))
            case "tags":
                yield Action(word.field, " ".join(self._tags(node)))
            case "field":
                yield from self._field(node, item)
            case "reply":
                yield from self._reply(node, locale, content)
            case "zendesk":
                yield from self._verbatim(node)

    def _choice(self, word: Word, name: str, node: Node) -> Action:
        value = self.text(node, self._string(node))
        if value not in word.choices:
            check = "status-not-allowed" if name == "status" and value in ("new", "closed") else "bad-macro-action"
            self.note(node, f"{name}: '{value}' should be {listed(word.choices)}", check, near(value, word.choices))
        return Action(word.field, value)

    def _name(self, word: Word, node: Node) -> str:
        keywords = dict(word.keywords)
        name = self._string(node)
        return keywords[name] if name in keywords else self.number(node, word.names, name)

    def _tags(self, node: Node) -> list[str]:
        nodes = node.items or (node,)
        return [self.text(one, self._string(one)) for one in nodes]

    def _string(self, node: Node) -> str:
        """A scalar as text; a mistake for anything else."""
        if not node.scalar or node.value is None:
            self.note(node, f"{node.kind} should be a text", "bad-macro-action")
            return ""
        return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)

    def _field(self, node: Node, item: Node) -> Iterator[Action]:
        name = self._string(node)
        number = self.number(node, "field", name)
        option, value = item.mapping.get("option"), item.mapping.get("value")
        if (option is None) == (value is None):
            self.note(
                item, f"field '{name}' needs either 'option' or 'value'", "bad-macro-action", "value: '' empties it"
            )
        elif option is not None:
            text = self._string(option)
            known = self.number(option, "option", f"{name}={text}")
            yield Action(f"custom_fields_{number}", text if known == _OFFLINE else known)
        elif value is not None:
            yield Action(f"custom_fields_{number}", self._plain_value(value))

    def _plain_value(self, node: Node) -> str | Opaque:
        if isinstance(node.value, str):
            return self.text(node, node.value)
        return value_of("" if node.value is None else node.plain)

    def _verbatim(self, node: Node) -> Iterator[Action]:
        field_node, value = node.mapping.get("field"), node.mapping.get("value")
        if field_node is None or value is None or not isinstance(field_node.value, str) or len(node.mapping) != 2:
            self.note(node, "'zendesk' is a mapping of field and value", "bad-macro-action")
            return
        name = self.text(field_node, field_node.value)
        yield Action(name, self._plain_value(value))

    # Replies.

    def _reply(self, node: Node, locale: str, content: list[tuple[str, str]]) -> Iterator[Action]:
        reply = self.reply_model(node)
        if reply is None:
            return
        field_name, text = self.written(node, reply, locale)
        if self.model.locales and self.model.locales_as == "dynamic_content":
            content.append((locale, text))
            content += [
                (other, self.written(self.node.at(("locales", other, "reply")), one.reply, other)[1])
                for other, one in self.model.locales.items()
                if one.reply is not None
            ]
            text = "{{dc." + content_name(self.compiler.installation, self.model.key) + "}}"
        channel = [f"channel:{reply.channel}", text] if reply.channel else text
        yield Action(field_name, value_of(channel))
        if reply.public is not None:
            yield Action("comment_mode_is_public", "true" if reply.public else "false")

    def reply_model(self, node: Node) -> ReplyModel | None:
        """The reply as its model; mistakes are noted."""
        known = ReplyModel.model_fields
        plain: Any = node.plain
        if not isinstance(plain, dict):
            self.note(
                node, f"'reply' is a mapping, not {node.kind}", "bad-macro-action", "write markdown, html or text"
            )
            return None
        strange = [name for name in plain if name not in known]
        for name in strange:
            self.note(
                node.key(name),
                f"unknown key '{name}'",
                "unknown-key",
                near(name, known) or f"there are {', '.join(known)}",
            )
        texts = [
            name for name in ("markdown", "html", "text") if isinstance(plain.get(name), str) and plain[name].strip()
        ]
        wrong = [
            name
            for name, kind in (("public", bool), ("channel", str))
            if name in plain and not isinstance(plain[name], kind)
        ]
        if len(texts) != 1:
            self.note(node, "a reply has one text: markdown, html or text", "bad-macro-action")
        for name in wrong:
            self.note(
                node.mapping[name],
                f"'{name}' is {node.mapping[name].kind}",
                "bad-macro-action",
                "public is true or false, channel all or web",
            )
        if strange or wrong or len(texts) != 1:
            return None
        if plain.get("channel") and (texts != ["text"] or plain["channel"] not in ("all", "web")):
            self.note(node, "'channel' is all or web, and belongs to a plain text", "bad-macro-action")
            return None
        return ReplyModel.model_validate(plain)

    def written(self, node: Node, reply: ReplyModel, locale: str) -> tuple[str, str]:
        """The field and the text of a reply."""
        if reply.text is not None:
            return "comment_value", self.text(node.at(("text",)), reply.text, locale=locale).rstrip("\n")
        if reply.markdown is not None:
            return "comment_value_html", from_markdown(self.text(node.at(("markdown",)), reply.markdown, locale=locale))
        return "comment_value_html", from_html(self.text(node.at(("html",)), reply.html or "", locale=locale))

    # Locales.

    def _check_locales(self) -> None:
        at = self.node.at(("locales",))
        for locale, one in self.model.locales.items():
            key = at.key(locale)
            if locale not in self.compiler.folder.locales[1:]:
                known = self.compiler.folder.locales[1:]
                self.note(
                    key,
                    f"'{locale}' is no further locale of the account",
                    "bad-locale",
                    near(locale, known) or "declare it under locales in settings.yaml",
                )
            if self.model.locales_as == "dynamic_content" and (one.title or one.description or one.actions is not None):
                self.note(
                    key,
                    "a translation by dynamic content is the text of the reply alone",
                    "bad-locale",
                    "write `locales_as: macros` for more",
                )

    def _in_locale(self, base: Macro, locale: str) -> Macro:
        one: LocaleModel = self.model.locales[locale]
        at = self.node.at(("locales", locale))
        content: list[tuple[str, str]] = []
        actions = (
            tuple(self._actions(at.at(("actions",)), locale, content)) if one.actions is not None else base.actions
        )
        if one.reply is not None:
            field_name, text = self.written(at.at(("reply",)), one.reply, locale)
            actions = tuple(
                Action(field_name, text) if row.field.startswith("comment_value") else row for row in actions
            )
        title = self.text(at.at(("title",)), one.title, locale=locale) if one.title else f"{locale}::{base.title}"
        description = (
            self.text(at.at(("description",)), one.description, locale=locale) if one.description else base.description
        )
        return replace(base, title=title, actions=actions, description=description)


def content_name(installation: str, key: str) -> str:
    """The name of the dynamic content of a key, which becomes its placeholder for ever."""
    return re.sub(r"[^a-z0-9]+", "_", f"{installation}_{key}".lower()).strip("_")


def _keys(folder: Folder) -> Iterator[Problem]:
    """Keys that two files have, and moves that cannot be."""
    seen: dict[str, Source] = {}
    moved: dict[str, Source] = {}
    for source in folder.sources:
        first = seen.setdefault(source.model.key, source)
        if first is not source:
            yield source.node.at(("key",)).problem(
                f"key '{source.model.key}' is taken by {first.file}",
                "duplicate-macro",
                "each macro has a key of its own",
            )
    for source in folder.sources:
        old = source.model.moved
        if not old:
            continue
        first = moved.setdefault(old, source)
        if old in seen or first is not source:
            other = seen.get(old, first).file
            yield source.node.at(("moved",)).problem(f"'{old}' is still claimed by {other}", "bad-move")
