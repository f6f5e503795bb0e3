from __future__ import annotations

import pickle

from migrator import errors


def every() -> list[type[errors.MigratorError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MigratorError)]


def test_every_error_has_its_own_exit_code() -> None:
    codes = [kind.exit_code for kind in every()]
    assert len(set(codes)) == len(codes)
    assert not {0, 1, 2} & set(codes)


def test_the_hierarchy_is_drawn_in_the_docstring() -> None:
    for kind in every():
        assert kind.__name__ in (errors.__doc__ or "")


def test_errors_cross_process_borders() -> None:
    error = errors.TargetFull("what", why="why", todo="do")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is errors.TargetFull
    assert (copy.what, copy.why, copy.todo) == ("what", "why", "do")


def test_words_are_in_order() -> None:
    assert str(errors.ConfigError("a", why="b", todo="c")) == "a\nwhy: b\ndo:  c"
    assert str(errors.ConfigError("a")) == "a"
