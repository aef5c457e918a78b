# SPDX-License-Identifier: GPL-2.0-only
# Sourced by tests/e2e/dom0 and tests/e2e/images: archives of trees, and when what was made is still right.

# Puts a directory into a cpio archive owned by root.
pack() { (cd "$1" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0) >"$2"; }

# Names, sizes and times of files: equal text stands for equal content.
fingerprint() { find "$@" -type f -printf '%p %s %T@\n' 2>/dev/null | sort; }
