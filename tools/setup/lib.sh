# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the scripts of this folder: messages, reading of the package lists, stamps. Changes nothing by itself.

setup_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=$(cd "$setup_dir/../.." && pwd)
foreign_dir=$top_dir/build/foreign
host_arch=$(dpkg --print-architecture)

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
    printf 'setup: error: %s\n' "$1" >&2
    shift
    if (($#)); then printf 'setup:        %s\n' "$@" >&2; fi
    exit 1
}

# Lines of a list file without comments; a second word is an architecture condition.
packages_in() {
    awk -v arch="$host_arch" '
        { sub(/#.*/, "") }
        NF == 1 || (NF == 2 && ($2 == arch || ($2 ~ /^!/ && $2 != "!" arch))) { print $1 }' "$1"
}

# A piece is fresh while its stamp holds the checksum of the list it was made from; the number in front changes when the way
# of unpacking does.
stamp_of() { { echo 1; cat "$@"; } | sha256sum | cut -d' ' -f1; }
is_fresh() { [[ -e $1 && $(<"$1") == "$2" ]]; }
