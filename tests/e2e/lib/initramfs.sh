# SPDX-License-Identifier: GPL-2.0-only
# Sourced by tests/e2e/dom0: makes the parts of dom0's initramfs. The user space is one cached archive, the kernel's modules and
# the products of this tree (its modules, ampctl, amp-virtio, guests, boards, examples) another; both are made again when their inputs change.

. "$e2e_dir/lib/archive.sh"
. "$e2e_dir/lib/modules.sh"

# Stock modules that scenarios use, loaded by nobody until asked for: networks of guests, and the disk of --images.
stock_modules=(tun bridge veth vhost_net vhost_vsock vsock_loopback virtio_mmio virtio_blk crc32c_generic ext4 loop)

# cached_archive ARCHIVE INPUTS COMMAND...: has COMMAND fill a directory and packs it, unless the archive was made from INPUTS.
cached_archive() {
    local archive=$1 inputs=$2 tree
    shift 2
    mkdir -p "$(dirname "$archive")"
    exec 8>"$archive.lock"
    flock 8
    if [[ ! -e $archive || ! -e $archive.inputs || $(<"$archive.inputs") != "$inputs" ]]; then
        tree=$(mktemp -d "$archive.XXXXXX")
        "$@" "$tree"
        pack "$tree" "$archive.new"
        rm -rf "$tree"
        # In this order a run that is cut short leaves an archive that is made again.
        rm -f "$archive.inputs"
        mv "$archive.new" "$archive"
        printf '%s' "$inputs" >"$archive.inputs"
    fi
    exec 8>&-
}

library_file() {
    find "$sysroot/lib/aarch64-linux-gnu" "$sysroot/usr/lib/aarch64-linux-gnu" -maxdepth 1 -name "$1" 2>/dev/null | head -n 1
}

# Copies the named shared library and those it needs, unless they are there.
copy_library() {
    local tree=$1 name=$2 file
    [[ ! -e $tree/lib/aarch64-linux-gnu/$name ]] || return 0
    file=$(library_file "$name")
    [[ $file ]] || die "dom0 needs $name, which is not in build/foreign/sysroot" \
        "name its package in tools/setup/sysroot-packages.txt and run make setup"
    mkdir -p "$tree/lib/aarch64-linux-gnu"
    cp -L "$file" "$tree/lib/aarch64-linux-gnu/$name"
    copy_libraries_of "$tree" "$file"
}

copy_libraries_of() {
    local name
    while read -r name; do
        copy_library "$1" "$name"
    done < <(readelf -d "$2" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-linux-')
}

make_userland() {
    local tree=$1 name
    mkdir -p "$tree"/{bin,dev,proc,sys,root,tmp,run,usr/bin,usr/sbin,sbin,lib}
    cp -r "$e2e_dir/lib/dom0-root/." "$tree/"
    cp "$sysroot/bin/busybox" "$tree/bin/busybox"
    cp -L "$sysroot/lib/ld-linux-aarch64.so.1" "$tree/lib/"
    for name in dtc strace; do
        cp "$sysroot/usr/bin/$name" "$tree/usr/bin/"
        copy_libraries_of "$tree" "$tree/usr/bin/$name"
    done
    # What any C++ program may need, so that a program can be added to a run by itself.
    for name in libstdc++.so.6 libgcc_s.so.1 libm.so.6 libc.so.6; do copy_library "$tree" "$name"; done
}

copy_modules() {
    local modules=$1/lib/modules/$release name
    mkdir -p "$modules/extra"
    for name in "${stock_modules[@]}"; do
        module_with_needs "$kernel_dir/lib/modules/$release" "$name" "$modules/kernel" >/dev/null
    done
    if [[ -e $module ]]; then cp "$(dirname "$module")"/*.ko "$modules/extra/"; fi
    cp "$kernel_dir/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$modules/"
    PATH=$PATH:/sbin:/usr/sbin depmod -b "$1" "$release"
}

# copy_program TREE FILE FOLDER: where it was built, without symbols and with the libraries it needs.
copy_program() {
    [[ -e $2 ]] || return 0
    "$strip" -o "$1/$3/$(basename "$2")" "$2"
    copy_libraries_of "$1" "$2"
}

# The same places as those of cmake --install.
make_products() {
    local tree=$1 file
    mkdir -p "$tree"/usr/{sbin,lib/amp/guests,libexec/amp,share/amp/boards,share/amp/dts}
    copy_modules "$tree"
    copy_program "$tree" "$ampctl" usr/sbin
    copy_program "$tree" "$back_end" usr/libexec/amp
    for file in $(guest_files); do
        if [[ $file == *.elf ]] && ! is_32bit "$file"; then
            "$strip" --strip-debug -o "$tree/usr/lib/amp/guests/$(basename "$file")" "$file"
        else
            cp "$file" "$tree/usr/lib/amp/guests/"
        fi
    done
    cp -r "$top_dir"/boards/. "$tree/usr/share/amp/boards/"
    cp -r "$top_dir"/dts/examples/. "$tree/usr/share/amp/dts/"
}

# ELF identification: EI_CLASS. A cross strip knows its own architecture only.
is_32bit() { [[ $(head -c 5 "$1" | tail -c 1 | od -An -tu1) -eq 1 ]]; }

guest_files() {
    find "$build_dir/guests" \( -name '*.elf' -o -name '*.bin' \) -not -path '*/CMakeFiles/*' 2>/dev/null | sort
}

# The part of one run: its commands, its marker and the files added to it.
make_run_part() {
    local tree=$1 add from to
    mkdir -p "$tree/amp"
    printf '%s' "$marker" >"$tree/amp/marker"
    [[ ! $images ]] || : >"$tree/amp/images"
    if [[ $interactive ]]; then
        echo "stty -F /dev/ttyAMA0 $(stty size 2>/dev/null | sed 's/\(.*\) \(.*\)/rows \1 cols \2/')" >"$tree/amp/interactive"
        echo "export TERM='${TERM:-vt100}'; unset NO_COLOR" >>"$tree/amp/interactive"
    else
        printf '%s\n' "$commands" >"$tree/amp/commands"
    fi
    for add in "${adds[@]}"; do
        from=${add%%:*}
        to=/root/$(basename "$from")
        if [[ $add == *:* ]]; then to=${add#*:}; fi
        if [[ $to != /* ]]; then to=/root/$to; fi
        # A PATH that ends in / is a directory to put it in.
        if [[ $to == */ ]]; then to+=$(basename "$from"); fi
        mkdir -p "$tree$(dirname "$to")"
        cp -rL "$from" "$tree$to"
    done
}
