"""Collect the wheels of a list of requirements for another system, and check that none is missing.

`pip download --platform` chooses wheels for another system, but it reads the conditions of requirements, such as
`colorama; sys_platform == "win32"`, on this one.  So the metadata of all wheels are read again with the values of the
other system, until every requirement has its wheel.
"""

from __future__ import annotations

import email
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename


@dataclass(frozen=True)
class System:
    """A system: the platform tags of its wheels, and the values that conditions of requirements ask for."""

    tags: tuple[str, ...]
    values: Mapping[str, str]


def _system(
    tags: tuple[str, ...], os_name: str, sys_platform: str, name: str, machine: str
) -> System:
    return System(
        tags,
        {
            "os_name": os_name,
            "sys_platform": sys_platform,
            "platform_system": name,
            "platform_machine": machine,
            "platform_release": "",
            "platform_version": "",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        },
    )


def _manylinux(machine: str) -> tuple[str, ...]:
    releases = (
        "manylinux_2_28",
        "manylinux_2_27",
        "manylinux_2_26",
        "manylinux_2_17",
        "manylinux2014",
    )
    return tuple(f"{release}_{machine}" for release in releases)


SYSTEMS = {
    "linux-x86_64": _system(_manylinux("x86_64"), "posix", "linux", "Linux", "x86_64"),
    "linux-aarch64": _system(_manylinux("aarch64"), "posix", "linux", "Linux", "aarch64"),
    "windows-x86_64": _system(("win_amd64",), "nt", "win32", "Windows", "AMD64"),
    "macos-arm64": _system(("macosx_14_0_arm64",), "posix", "darwin", "Darwin", "arm64"),
    "macos-x86_64": _system(("macosx_14_0_x86_64",), "posix", "darwin", "Darwin", "x86_64"),
}
"""Systems by name: Linux with glibc 2.28 or newer, Windows, macOS 14 or newer."""


def collect(requirements: Iterable[str], system: str, python: str, folder: Path) -> list[Path]:
    """Download the wheels of all requirements for a system and a release of Python, such as "3.12", into a folder.

    Raises
    ------
    SystemExit
        If a requirement has no wheel for it, or two requirements need different wheels of one package.
    """
    wanted = list(requirements)
    folder.mkdir(parents=True, exist_ok=True)
    _download(wanted, system, python, folder, "--prefer-binary")
    before: list[str] = []
    while lacking := missing(wanted, system, python, folder):
        if lacking == before:
            raise SystemExit(
                f"the wheels for {system} and Python {python} contradict {', '.join(lacking)}"
            )
        _download(lacking, system, python, folder, "--no-deps")
        before = lacking
    return sorted(folder.glob("*.whl"))


def _download(
    requirements: Iterable[str], system: str, python: str, folder: Path, option: str
) -> None:
    """Run `pip download` for another system."""
    platforms = [part for tag in SYSTEMS[system].tags for part in ("--platform", tag)]
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", option,
        "--only-binary=:all:", "--implementation", "cp", "--python-version", python,
        "--abi", f"cp{python.replace('.', '')}", *platforms, "--dest", str(folder), *requirements,
    ]  # fmt: skip
    if subprocess.run(command, check=False).returncode:
        listed = ", ".join(requirements)
        raise SystemExit(f"pip found no wheels of {listed} for {system} and Python {python}")


def missing(requirements: Iterable[str], system: str, python: str, folder: Path) -> list[str]:
    """The requirements, direct or of wheels in the folder, that no wheel in the folder meets."""
    wheels = {_name_of(path): path for path in folder.glob("*.whl")}
    values = {
        **SYSTEMS[system].values,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    waiting = [Requirement(text) for text in requirements]
    seen: set[tuple[str, str]] = set()
    lacking: dict[str, None] = {}
    while waiting:
        requirement = waiting.pop()
        path = wheels.get(canonicalize_name(requirement.name))
        if path is None or not requirement.specifier.contains(_version_of(path), prereleases=True):
            lacking[f"{requirement.name}{requirement.specifier}"] = None
            continue
        for extra in ("", *requirement.extras):
            if (path.name, extra) not in seen:
                seen.add((path.name, extra))
                waiting += _requirements_of(path, {**values, "extra": extra})
    return list(lacking)


def _requirements_of(wheel: Path, values: dict[str, str]) -> list[Requirement]:
    """What a wheel requires under the given values."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (
            n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1
        )
        metadata = email.message_from_bytes(archive.read(name))
    all_of_them = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    return [r for r in all_of_them if r.marker is None or r.marker.evaluate(values)]


def _name_of(wheel: Path) -> str:
    return parse_wheel_filename(wheel.name)[0]


def _version_of(wheel: Path) -> str:
    return str(parse_wheel_filename(wheel.name)[1])
