"""Sphinx's settings. The site loads nothing from another host, and a warning fails its build (`make docs`)."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import sheernet

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

# The reference has the public names, such as sheernet.costs.huber, for what is written in sheernet.objective.costs.
for name in sheernet.__all__:
    if isinstance(getattr(sheernet, name), types.ModuleType):
        sys.modules[f"sheernet.{name}"] = getattr(sheernet, name)

project = "sheernet"
author = "sheernet developers"
copyright = "sheernet developers"
release = version = sheernet.__version__

extensions = [
    "command_pages",
    "index_comments",
    "kernel_settings",
    "lesson_pages",
    "mathml",
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = [
    "_build", "gallery", "generated/**/*.ipynb", "large-data-cluster.md"
]  # fmt: skip
templates_path = ["_templates"]

python_maximum_signature_line_length = 80

html_theme = "furo"
html_title = f"sheernet {release}"
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["search_from_disk.js"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Lessons and pages with `file_format: mystnb` are run; a warning of a cell is shown, an error fails the build.
nb_custom_formats = {".lesson": "lesson_pages.read"}
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the sections of parameters have the types, in words
autosummary_generate = True
autosummary_context = {"described": sheernet.__all__}  # each has a page of its own
autosummary_ignore_module_all = False
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False

# A program gallery/plot_NAME.py is executed and becomes a page; an error in one fails the build.
sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "generated/gallery",
    "capture_repr": (),  # a picture, not the repr of its axes
    "download_all_examples": False,
    "image_srcset": ["2x"],
    "min_reported_time": 1e9,
    "nested_sections": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "within_subsection_order": "FileNameSortKey",
    "write_computation_times": False,
}


ROLE_OR_BAR = re.compile(r"(`+[^`]+`+)|\|")


def _show_module_docstring_as_written(app, what, name, obj, options, lines):  # type: ignore[no-untyped-def]
    """A module's docstring is laid out for readers of the source: past its first paragraph it keeps its columns.

    Paragraphs that list the files of a folder are left out.
    """
    if what != "module":
        return
    first, *rest = "\n".join(lines).strip().split("\n\n")
    shown = [part for part in rest if not re.search(r"^[\w ,./]+\.py {2}", part, re.MULTILINE)]
    block = ["", "::", "", *("   " + line for line in "\n\n".join(shown).split("\n"))]
    lines[:] = [*first.split("\n"), *(block if shown else []), ""]


def _prose(lines):  # type: ignore[no-untyped-def]
    """Yield the index of each line that is neither in a doctest nor in a literal block."""
    doctest, literal = False, None  # literal: indentation of the line that opened the block
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        doctest = bool(line.strip()) and (doctest or line.lstrip().startswith(">>>"))
        if literal is not None and line.strip() and indent <= literal:
            literal = None
        if literal is None and not doctest:
            yield i
        if literal is None and line.endswith("::"):
            literal = indent


def _let_bars_mean_absolute_values(app, what, name, obj, options, lines):  # type: ignore[no-untyped-def]
    """reStructuredText takes |x| for a substitution; in our docstrings it is an absolute value."""
    for i in list(_prose(lines)):
        lines[i] = ROLE_OR_BAR.sub(lambda match: match[1] or r"\|", lines[i])


def _skip_type_aliases(app, what, name, obj, skip, options):  # type: ignore[no-untyped-def]
    """An alias such as Array has the docstring of numpy.ndarray, and no signature."""
    return True if isinstance(obj, types.GenericAlias) else None


def _skip_structures_of_files(app, what, name, obj, skip, options):  # type: ignore[no-untyped-def]
    """They have the names of the objects that they are written from, which references mean; model-file.md has them."""
    return True if getattr(obj, "__module__", "") == "sheernet.models.files.schema" else None


def _skip_what_others_describe(app, what, name, obj, skip, options):  # type: ignore[no-untyped-def]
    """scikit-learn's methods for metadata routing refer to its own pages; subclasses describe abstract members.

    A field of a named tuple is described among the parameters of its class.
    """
    routing = re.fullmatch(r"set_\w+_request|get_metadata_routing", name)
    field = str(getattr(obj, "__doc__", "")).startswith("Alias for field number")
    return True if routing or field or getattr(obj, "__isabstractmethod__", False) else None


def setup(app):  # type: ignore[no-untyped-def]
    app.connect("autodoc-process-docstring", _show_module_docstring_as_written, priority=100)
    app.connect("autodoc-process-docstring", _let_bars_mean_absolute_values, priority=900)
    app.connect("autodoc-skip-member", _skip_type_aliases)
    app.connect("autodoc-skip-member", _skip_structures_of_files)
    app.connect("autodoc-skip-member", _skip_what_others_describe)
