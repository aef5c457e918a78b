# SPDX-License-Identifier: GPL-2.0-only
# Installs the units below a temporary root and has `systemd-analyze verify` read them there; whatever it says is an error. Called by
# ctest with cmake and the build folder; touches nothing else.
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

UNITS = ["amp@.service", "amp-virtio@.service"]


def fail(text):
    sys.exit(f"units_test: {text}")


def install(cmake, build, root):
    """DESTDIR: the units name the programs at their final place."""
    command = [cmake, "--install", str(pathlib.Path(build) / "tools/systemd")]
    done = subprocess.run(command, env={"DESTDIR": root, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    if done.returncode:
        fail(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    found = {path.name: path for path in pathlib.Path(root).rglob("lib/systemd/system/*.service")}
    if sorted(found) != sorted(UNITS):
        fail(f"installed are {sorted(found)}, not {UNITS}")
    return [found[name] for name in UNITS]


def use_programs_below(root, unit):
    """The checker wants each program to be there: as they are not on this machine, those below the root stand in for them."""
    text = unit.read_text()
    for program in set(re.findall(r"(?:^ExecSt\w+=|exec |AMP_VIRTIO=)(/\S*amp\S*)", text, re.MULTILINE)):
        place = pathlib.Path(root + program)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to("/bin/true")
        text = text.replace(program, str(place))
    unit.write_text(text)


def verify(paths):
    """Its words: none where all is well."""
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, paths)], capture_output=True,
                          text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    if not shutil.which("systemd-analyze"):
        fail("no systemd-analyze. Remedy: apt-get install systemd")
    with tempfile.TemporaryDirectory() as root:
        units = install(sys.argv[1], sys.argv[2], root)
        for unit in units:
            use_programs_below(root, unit)
        status, text = verify(units)
        if status or text.strip():
            fail(f"systemd-analyze verify, status {status}:\n{text}")
        # A checker that finds nothing wrong in anything is none.
        for unit in units:
            unit.write_text(unit.read_text().replace("[Service]", "[Service]\nRestartsec=x\nNoSuchThing=1"))
            if not verify([unit])[1].strip():
                fail(f"systemd-analyze finds nothing wrong in a broken {unit.name}")


main()
