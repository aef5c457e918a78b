# SPDX-License-Identifier: GPL-2.0-only
# Sourced by foreign and guests: how a piece under build/foreign is made of Debian packages of another architecture. Each is
# made once, and again when its list changes or --refresh finds newer packages.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

archives=$foreign_dir/apt/cache/archives
log=$foreign_dir/setup.log
refresh=
index_ready=

foreign_apt() { "$setup_dir/foreign-apt" "$@"; }
known() { [[ $(foreign_apt apt-cache show --no-all-versions "$1" 2>/dev/null) ]]; }

# Debian 12 has kernel 6.12 in its security archive or in backports; a host whose sources lack the suite gets it here, and only
# here, from the mirror that the host already uses.
add_suite() {
    local meta=$1 codename base suite uri
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    base=$(foreign_apt apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1 || true)
    [[ $base ]] || return 0
    base=${base%/}
    for suite in "$codename-security" "$codename-backports"; do
        uri=$base
        [[ $suite != *-security ]] || uri=$base-security
        local list=$foreign_dir/apt/sources.list.d/amp-$suite.list
        echo "deb $uri $suite main" >"$list"
        foreign_apt apt-get -q update >>"$log" 2>&1 || true
        ! known "$meta" || return 0
        rm "$list"
    done
}

update_index() {
    [[ ! $index_ready ]] || return 0
    index_ready=1
    say "reading the arm64 package index"
    foreign_apt --refresh
    foreign_apt apt-get -q update >>"$log" 2>&1 || true
    known libc6 || return 0
    local meta
    while read -r meta; do
        known "$meta" || add_suite "$meta"
    done < <(list_lines kernels.txt | awk '{ print $2 }')
}

# Adds armhf in an update of its own: where a mirror is in the middle of a change, one index that fails takes the others of its
# suite along, and those that were read before stay.
add_armhf() {
    update_index
    ! grep -q '"armhf"' "$foreign_dir/apt/apt.conf" || return 0
    echo 'APT::Architectures:: "armhf";' >>"$foreign_dir/apt/apt.conf"
    foreign_apt apt-get -q update >>"$log" 2>&1 || true
}

missing() {
    say "missing: $1"
    say "         $2"
    failures+=("$1")
}

# Fetches packages (a name, or name:arch) into the cache unless the very version is there, and prints the files' names, which apt
# orders as it likes.
fetch() {
    local files file arch absent=()
    mapfile -t files < <(foreign_apt apt-get download --print-uris "$@" 2>>"$log" | awk '{ print $2 }')
    ((${#files[@]} == $#)) || return 1
    for file in "${files[@]}"; do
        [[ ! -e $archives/$file ]] || continue
        arch=${file##*_} arch=${arch%.deb}
        [[ $arch != all ]] || arch=arm64
        absent+=("${file%%_*}:$arch")
    done
    if ((${#absent[@]})); then
        (cd "$archives/partial" && foreign_apt apt-get -q download "${absent[@]}" >>"$log" 2>&1 && mv -- *.deb ..) || return 1
    fi
    printf "$archives/%s\n" "${files[@]}"
}

unpack() {
    local into=$1 file
    shift
    say "unpacking $(basename "$into")"
    rm -rf "$into.new"
    mkdir -p "$into.new"
    for file in "$@"; do dpkg-deb -x "$file" "$into.new"; done
    printf '%s\n' "$@" | sed 's,.*/,,' >"$into.new/.packages"
}

# True if the piece was made from these very package files; a refresh then leaves it alone, and nothing is built again.
is_unpacked() { [[ -e $1/.packages && $(<"$1/.packages") == "$(sed 's,.*/,,' <<<"$2")" ]]; }

put_in_place() {
    echo "$2" >"$1.new/.stamp"
    rm -rf "$1"
    mv "$1.new" "$1"
}

# The first package among the dependencies of $1 that matches $2; nothing where either is unknown.
dependency() {
    { foreign_apt apt-cache depends "$1" 2>/dev/null || true; } | sed -n "s/^ *Depends: <\?\($2\)>\?\$/\1/p" | head -n 1
}

list_lines() { awk '{ sub(/#.*/, "") } NF' "$setup_dir/$1"; }

# Reads the one argument there may be; only one set-up of a tree runs at a time.
begin() {
    failures=()
    case ${1:-} in
        --refresh) refresh=1 ;;
        '') ;;
        *) die "unknown argument '$1'" "usage: tools/setup/$(basename "$0") [--refresh]" ;;
    esac
    mkdir -p "$foreign_dir"
    exec 9>"$foreign_dir/lock"
    flock 9
    : >"$log"
}

# finish PIECE...: what failed is an error only where nothing of it is there from earlier.
finish() {
    local piece
    ((${#failures[@]})) || return 0
    for piece in "$@"; do
        [[ -e $foreign_dir/$piece ]] || die "build/foreign/$piece is not there; why stands above"
    done
    say "going on with what was unpacked earlier"
}
