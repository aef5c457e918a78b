# SPDX-License-Identifier: GPL-2.0-only
# Sourced by tests/e2e/dom0 and tests/e2e/images: stock kernel modules out of an unpacked package, with the modules they need.

# is_built_in FOLDER NAME: FOLDER is lib/modules/RELEASE.
is_built_in() { grep -q "/${2//[_-]/[_-]}\.ko\$" "$1/modules.builtin"; }

# module_with_needs FOLDER NAME INTO: copies the module behind those that it needs, uncompressed, and prints each one's name, in the
# order in which they load; neither what is built in nor what is there already.
module_with_needs() {
    local folder=$1 name=$2 into=$3 file need
    ! is_built_in "$folder" "$name" || return 0
    file=$(find "$folder/kernel" -name "${name//[_-]/[_-]}.ko*" | head -n 1)
    [[ $file ]] || die "the stock kernel $(basename "$folder") has no module $name" "name it as this kernel does"
    name=$(basename "${file%%.ko*}")
    [[ ! -e $into/$name.ko ]] || return 0
    mkdir -p "$into"
    for need in $(PATH=$PATH:/sbin:/usr/sbin modinfo -F depends "$file" | tr ',' ' '); do module_with_needs "$folder" "$need" "$into"; done
    if [[ $file == *.xz ]]; then xz -dc "$file" >"$into/$name.ko"; else cp "$file" "$into/"; fi
    echo "$name"
}
