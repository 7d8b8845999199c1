"""The type stubs and the texts against what is there."""

import ast
import inspect
import os
import unittest

import memcache_hybrid
from memcache_hybrid import _config


def stub():
    path = os.path.join(os.path.dirname(memcache_hybrid.__file__), "__init__.pyi")
    with open(path, encoding="utf-8") as file:
        return ast.parse(file.read())


def shape_of_stub(function):
    """[(name, default or None)], as written."""
    arguments = function.args.args
    defaults = [None] * (len(arguments) - len(function.args.defaults)) + [ast.literal_eval(one)
                                                                        for one in function.args.defaults]
    known = [True] * len(function.args.defaults)
    marks = [False] * (len(arguments) - len(known)) + known
    return [(argument.arg, default, mark) for argument, default, mark in zip(arguments, defaults, marks)]


def shape_of_function(function):
    return [(one.name, None if one.default is one.empty else one.default, one.default is not one.empty)
            for one in inspect.signature(function).parameters.values()]


def public(names):
    return {name for name in names if not name.startswith("_")}


class Stubs(unittest.TestCase):
    def test_the_stub_names_all_that_is_exported(self):
        names = set()
        for node in stub().body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                names.add(node.name)
            elif isinstance(node, ast.AnnAssign):
                names.add(node.target.id)
            elif isinstance(node, ast.ImportFrom) and node.module is None:
                names.update(alias.asname for alias in node.names)
        names = {name for name in names if name == "__version__" or not name.startswith("_")}
        self.assertEqual(names, set(memcache_hybrid.__all__))

    def test_classes_have_the_methods_and_arguments_of_the_stub(self):
        for node in stub().body:
            if not isinstance(node, ast.ClassDef):
                continue
            real = getattr(memcache_hybrid, node.name)
            methods = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
            fields = {one.target.id for one in node.body if isinstance(one, ast.AnnAssign)}
            instance = real() if node.name in ("LocalConfig", "MetaConfig", "ReplicateConfig") else real
            self.assertEqual(public(methods) | fields, public(dir(instance)), node.name)
            for name in public(methods):
                self.assertEqual(shape_of_stub(methods[name]), shape_of_function(getattr(real, name)), name)

    def test_every_attribute_of_a_configuration_is_in_the_stub(self):
        classes = {node.name: {one.target.id for one in node.body if isinstance(one, ast.AnnAssign)}
                   for node in stub().body if isinstance(node, ast.ClassDef)}
        self.assertLessEqual(set(_config.LOCAL_KEYS), classes["LocalConfig"])
        self.assertEqual(set(_config.META_KEYS), classes["MetaConfig"])

    def test_everything_has_a_text(self):
        for name in memcache_hybrid.__all__:
            value = getattr(memcache_hybrid, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                self.assertTrue(value.__doc__, name)
            if inspect.isclass(value):
                for method in public(dir(value)):
                    if callable(getattr(value, method)):
                        self.assertTrue(getattr(value, method).__doc__, f"{name}.{method}")

    def test_directions_have_their_numbers(self):
        self.assertEqual((memcache_hybrid.L2G, memcache_hybrid.G2L, memcache_hybrid.G2H, memcache_hybrid.H2G,
                          memcache_hybrid.AUTO), (0, 1, 2, 3, 9))

    def test_the_package_says_that_it_is_typed(self):
        self.assertTrue(os.path.exists(os.path.join(os.path.dirname(memcache_hybrid.__file__), "py.typed")))


if __name__ == "__main__":
    unittest.main()
