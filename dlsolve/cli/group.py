"""The lazy command group, the only file that knows how the command-line library works inside.

`dlsolve --help` lists every topic and imports none; a topic's command imports that topic alone.
Errors of usage become `InputError`, so that every error of dlsolve is one line of one form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import typer
import typer.core
from typer._click.core import Command, Context, Parameter
from typer._click.exceptions import BadOptionUsage, ClickException, MissingParameter, NoSuchOption

from dlsolve import __version__, catalog
from dlsolve.cli.assigned import as_flags
from dlsolve.cli.flags import BATCH, COMMON, GRADE, MARKING, STEPS, Flag, topic_flags
from dlsolve.errors import InputError
from dlsolve.fields.found import nearest, short
from dlsolve.render.command import example_command

SETTINGS = {"help_option_names": ["-h", "--help"], "token_normalize_func": lambda name: name.replace("_", "-")}
STATIC = {
    "topics": "What can be solved, by chapter.",
    "explain": "The rules, notation, inputs and conventions of a topic.",
    "example": "A problem file to start from.",
    "schema": "The JSON Schema of problem files, for editors.",
    "solve": "Solve problem files, the topic read from each.",
    "optimizers": "Optimisers side by side on one function or set of gradients.",
    "batch": "Solve folders or .jsonl files of problems, in parallel.",
    "merge": "Join the outputs of a batch's shards.",
    "check": "Mark answers: what is right, the first slip, and which slip it was.",
    "sheet": "A blank answer sheet: the statement, and every name asked.",
    "grade": "Mark a class: folders or a CSV of submissions, to a gradebook, Gradescope or Canvas.",
    "options": "Which option of a multiple choice is right, and what leads to the others.",
}
"""The commands that are no topic."""

ABOUT = (
    "Solves hand-calculation problems of deep learning and writes out every step, as on the board.\n\n"
    "Try: dlsolve example adam > p.json, then dlsolve adam p.json"
)


def run(args: list[str]) -> int:
    """Run one command line. Returns the exit status; raises `DlsolveError` for what a user can mend."""
    group = LazyGroup(name="dlsolve", help=ABOUT, context_settings=SETTINGS, params=[_version()], no_args_is_help=False)
    try:
        with group.make_context("dlsolve", args or ["--help"]) as context:
            status = group.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except ClickException as fault:
        raise usage_error(fault) from fault
    return status if isinstance(status, int) else 0


class LazyGroup(typer.core.TyperGroup):
    """Commands by name, built when one is called; for help and completion, stubs that import nothing."""

    def list_commands(self, ctx: Context) -> list[str]:
        return [*STATIC, *catalog.names()]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name in STATIC:
            return typer.core.TyperCommand(cmd_name, help=STATIC[cmd_name], rich_help_panel="Commands")
        if cmd_name in catalog.modules():
            about = _escaped(catalog.summary(cmd_name))
            return typer.core.TyperCommand(cmd_name, help=about, rich_help_panel="Topics")
        return None

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        name, *rest = args
        if name in STATIC:
            return name, _static(name), rest
        known = catalog.find(name)
        if known is None:
            near = nearest(name, [*STATIC, *catalog.names()]) or nearest(name, _aliases())
            remedy = f"did you mean {near}?" if near else "see `dlsolve topics`"
            raise InputError(short(name) or '""', "no such command or topic", remedy=remedy)
        return known, _topic_command(known, rest := as_flags(known, rest)), rest


def _aliases() -> list[str]:
    return [alias for topic in catalog.all_topics() for alias in topic.aliases]


def _version() -> Parameter:
    def show(context: Context, param: Parameter, value: bool) -> None:
        if value:
            print(f"dlsolve {__version__}")
            raise typer.Exit

    return typer.core.TyperOption(
        param_decls=["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show, help="The version."
    )


def _static(name: str) -> Command:
    if name in _KEPT:
        return _marking(name)
    if name == "grade":
        return _grade()
    if name in ("batch", "merge"):
        return _batch(name)
    if name == "optimizers":
        return _optimizers()
    from dlsolve.cli import commands

    callbacks: dict[str, tuple[Callable[..., int], list[Parameter]]] = {
        "topics": (commands.topics, []),
        "explain": (commands.explain, [_argument("topic", "TOPIC")]),
        "example": (commands.example, [_argument("topic", "TOPIC")]),
        "schema": (commands.schema, [_argument("topic", "TOPIC", required=False)]),
        "solve": (_solver(None, []), [_argument("files", "FILE...", many=True), *_options(COMMON), *_options([STEPS])]),
    }
    callback, params = callbacks[name]
    if name != "solve":
        keep = ("output", "no_color", "debug") if name in ("topics", "explain") else ("output", "debug")
        params += _options([f for f in COMMON if f.key in keep])
    return typer.core.TyperCommand(name, callback=callback, params=params, help=STATIC[name], context_settings=SETTINGS)


_KEPT = {
    "check": ("format", "output", "digits", "course", "no_color", "debug"),
    "sheet": ("format", "output", "course", "debug"),
    "options": ("format", "output", "digits", "course", "no_color", "debug"),
}
"""Which of the common flags the commands of marking take."""
_FORMATS = {
    "check": "terminal, plain, json or markdown",
    "sheet": "plain, json or csv",
    "options": "terminal, plain or json",
}


def _marking(name: str) -> Command:
    from dlsolve.cli import check, options, sheet

    problem = _argument("problem", "PROBLEM", about="a problem file, or - for standard input")
    common = [f for f in COMMON if f.key in _KEPT[name]]
    common = [msgspec.structs.replace(f, help=_FORMATS[name]) if f.key == "format" else f for f in common]
    callbacks: dict[str, tuple[Callable[..., int], list[Parameter]]] = {
        "check": (check.check, [_argument("answers", "ANSWERS", required=False), *_options(MARKING)]),
        "sheet": (sheet.sheet, []),
        "options": (options.options, [_argument("choices", 'NAME="A 0.82, B 0.88"', many=True)]),
    }
    callback, params = callbacks[name]
    return typer.core.TyperCommand(
        name, callback=callback, params=[problem, *params, *_options(common)], help=STATIC[name],
        context_settings=SETTINGS,
    )  # fmt: skip


def _batch(name: str) -> Command:
    from dlsolve.cli import batch

    out = Flag(("-o", "--output"), "output", "a folder, or a .jsonl file", "OUT")
    if name == "merge":
        params = [_argument("outs", "OUT...", many=True), *_options([out, *(f for f in COMMON if f.key == "debug")])]
        callback: Callable[..., int] = batch.merge
    else:
        format_ = Flag(("--format",), "format", "markdown, plain or json", "FORMAT")
        common = [out if f.key == "output" else format_ if f.key == "format" else f for f in COMMON]
        params = [_argument("paths", "PATH...", many=True), *_options([*BATCH, *common, STEPS])]
        callback = batch.batch
    return typer.core.TyperCommand(name, callback=callback, params=params, help=STATIC[name], context_settings=SETTINGS)


def _grade() -> Command:
    from dlsolve.cli import grade

    kept = [f for f in COMMON if f.key in ("course", "no_color", "debug")]
    out = Flag(("-o", "--output"), "output", "a file, or a folder for Gradescope", "OUT")
    runs = [f for f in BATCH if f.key in ("jobs", "engine", "resume", "limit", "timeout")]
    problems = _argument("problems", "PROBLEMS", about="a problem file, a .jsonl, or a folder of them")
    papers = _argument("submissions", "SUBMISSIONS", about="a folder of submissions, or one .csv")
    return typer.core.TyperCommand(
        "grade", callback=grade.grade, params=[problems, papers, *_options([*GRADE, *runs, out, *kept])],
        help=STATIC["grade"], context_settings=SETTINGS,
    )  # fmt: skip


def _optimizers() -> Command:
    from dlsolve.cli import compare

    flags = compare.flags()
    common = [f for f in COMMON if f.key in compare.KEPT]
    about = "terminal, plain or json"
    common = [msgspec.structs.replace(f, help=about) if f.key == "format" else f for f in common]

    def callback(file: str | None = None, **values: Any) -> int:
        return compare.optimizers(file, values, flags)

    params = [_argument("file", "FILE|-", required=False, about="an optimiser's problem, to take what it gives from")]
    return typer.core.TyperCommand(
        "optimizers", callback=callback, params=[*params, *_options([*flags, *common])], help=STATIC["optimizers"],
        context_settings=SETTINGS,
    )  # fmt: skip


def _topic_command(name: str, args: Sequence[str]) -> Command:
    topic = catalog.topic(name)
    flags = topic_flags(topic, args)
    params = [
        _argument("file", "FILE|-", required=False, about="a problem file, or - for standard input"),
        *_options(flags),
    ]
    summary, example = catalog.summary(name), example_command(topic)
    about = _escaped(f"{summary}\n\nExample: {example}\n\nMore: dlsolve explain {name}")
    return typer.core.TyperCommand(
        name, callback=_solver(name, flags), params=params, help=about, context_settings=SETTINGS
    )


def _solver(name: str | None, flags: Sequence[Flag]) -> Callable[..., int]:
    def callback(**values: Any) -> int:
        from dlsolve.cli.run import solve

        return solve(name, values, flags)

    return callback


def _argument(name: str, metavar: str, *, required: bool = True, many: bool = False, about: str = "") -> Parameter:
    return typer.core.TyperArgument(
        param_decls=[name], required=required, nargs=-1 if many else 1, metavar=metavar, help=about, show_default=False
    )  # fmt: skip


def _options(flags: Sequence[Flag]) -> list[Parameter]:
    out = []
    for flag in flags:
        first, others = (flag.names[:1], flag.names[1:]) if flag.field else (flag.names, ())
        out.append(_option(flag, first, hidden=flag.hidden))
        if others:
            # the other names of a field give the same value; help names them in its sentence
            out.append(_option(flag, others, hidden=True))
    return out


def _option(flag: Flag, names: Sequence[str], *, hidden: bool) -> Parameter:
    return typer.core.TyperOption(
        param_decls=[*(f"{n}/{flag.off}" if flag.off else n for n in names), flag.key],
        is_flag=True if flag.switch else None,
        default=None,
        multiple=flag.multiple,
        metavar=None if flag.switch else flag.metavar,
        help=_escaped(flag.help),
        hidden=hidden,
        rich_help_panel=flag.panel,
    )


def _escaped(text: str) -> str:
    """Text for help, its brackets not taken for markup."""
    return text.replace("[", "\\[")


# -- errors of usage ----------------------------------------------------------------------------


def usage_error(fault: ClickException) -> InputError:
    """An error of the command-line library in dlsolve's own form."""
    context = getattr(fault, "ctx", None)
    command = context.info_name if context is not None and context.info_name else "dlsolve"
    helps = f"see `dlsolve {command} --help`" if command != "dlsolve" else "see `dlsolve --help`"
    if isinstance(fault, NoSuchOption):
        return _no_option(fault, context, helps)
    if isinstance(fault, BadOptionUsage):
        takes = "takes no value" if "not take" in fault.message else "needs a value"
        remedy = f"write {fault.option_name} alone" if takes == "takes no value" else f"write {fault.option_name} VALUE"
        return InputError(fault.option_name, takes, remedy=remedy)
    if isinstance(fault, MissingParameter) and fault.param is not None:
        what = fault.param.human_readable_name.strip("[]\\").removesuffix("...")
        remedy = "see `dlsolve topics`" if what == "TOPIC" else helps
        return InputError(f"dlsolve {command}", f"{what} is missing", remedy=remedy)
    if "unexpected extra argument" in fault.message:
        extra = fault.message.rpartition("(")[2].rstrip(").")
        remedy = f"quote values with blanks, or see `dlsolve {command} --help`"
        return InputError(f"dlsolve {command}", "more words than it takes", found=short(extra), remedy=remedy)
    return InputError(f"dlsolve {command}", fault.format_message().rstrip("."), remedy=helps)


def _no_option(fault: NoSuchOption, context: Context | None, helps: str) -> InputError:
    name = fault.option_name
    if context is None or context.info_name in (None, "dlsolve"):
        return InputError(
            short(name), "not a flag here", remedy="flags stand after the command: dlsolve TOPIC --flag value"
        )
    every = [o for p in context.command.params for o in p.opts if o.startswith("--")]
    near = nearest(name.lstrip("-"), [o[2:] for o in every])
    if name[:2] != "--" and name[1:2].isdigit():
        remedy = "put a value behind its flag, in quotes"
    else:
        remedy = f"did you mean --{near}?" if near else helps
    return InputError(short(name), f"no such flag of {context.info_name}", remedy=remedy)
