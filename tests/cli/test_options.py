"""Options of all commands: their environment variables, what they share, and the help for a misspelled command."""

import click
import pytest
from click.testing import CliRunner

from callboard.cli.main import COMMANDS, HIDDEN, environment_name, group

OPTIONS = [
    (name, option) for name in (*COMMANDS, *HIDDEN) for option in group.get_command(None, name).params if isinstance(option, click.Option)
]


def values(command, environ, arguments=()):
    """What the command would be called with."""
    found = group.get_command(None, command)
    with CliRunner().isolation(env=environ), group.make_context("callboard", [], resilient_parsing=True) as parent:
        return found.make_context(command, [*arguments], parent=parent).params


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=lambda value: value if isinstance(value, str) else value.name)
def test_every_option_is_read_from_the_variable_with_its_name(command, option, tmp_path):
    long_name = next(name for name in option.opts if name.startswith("--"))
    variable = f"CALLBOARD_{command}_{long_name[2:]}".upper().replace("-", "_")
    (tmp_path / "file.yaml").write_text("")
    file = str(tmp_path / "file.yaml")
    given = {"choice": getattr(option.type, "choices", ["x"])[-1], "integer range": "7", "boolean": "1", "file": file, "path": file}.get(
        option.type.name, "x"
    )
    needed = [each for each in group.get_command(None, command).params if isinstance(each, click.Argument) and each.required]
    places = [str(tmp_path) if getattr(each.type, "dir_okay", True) else file for each in needed]
    arguments = [next(iter(getattr(each.type, "choices", ())), place) for each, place in zip(needed, places, strict=True)]
    without, read = values(command, {}, arguments)[option.name], values(command, {variable: given}, arguments)[option.name]
    assert environment_name(command, option) == variable
    if option.is_flag:
        assert read is True
        assert values(command, {variable: "0"}, arguments)[option.name] is False
    else:
        assert without != read
        assert str(read[0] if isinstance(read, tuple) else read) == given


@pytest.mark.parametrize(("typed", "answer"), [
    ("bild", "No such command 'bild'. Did you mean 'build'?"), ("Serve", "No such command 'Serve'. Did you mean 'serve'?"),
    ("zzz", "No such command 'zzz'."), ("é" * 200, "No such command"),
])  # fmt: skip
def test_a_misspelled_command_gets_the_one_that_was_meant(typed, answer):
    result = CliRunner().invoke(group, [typed])
    assert result.exit_code == 2
    assert answer in result.output
    assert ("Did you mean" in result.output) == ("mean" in answer)
