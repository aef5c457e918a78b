# SPDX-License-Identifier: GPL-2.0-only
# Sourced by make-images: root file systems of guests as trees. Debian's packages as they are unpacked, with busybox as init and for
# what no package of them has, and the files of root/, which a package's installation would otherwise write.

# Commands that the packages of a tree may lack, and that busybox has.
busybox_commands=(sh awk cat chmod cp dd df dmesg echo false free grep gunzip gzip halt hostname id ifconfig kill killall ln ls
    md5sum mkdir mount mv nc nproc ping poweroff ps pwd reboot rm rmdir sed seq setsid sha256sum sleep sort stty sync tail tar test
    top touch tr true udhcpc umount uname usleep vi wc wget which)

# fill_in TREE: what makes packages a system.
fill_in() {
    local tree=$1 command
    mkdir -p "$tree"/{bin,sbin,dev,proc,sys,run,tmp,root,mnt,etc/init.d,usr/bin,usr/sbin,var/log,usr/lib/amp}
    cp -r "$images_dir/root/." "$tree/"
    for command in "${busybox_commands[@]}"; do
        [[ -e $tree/bin/$command || -e $tree/usr/bin/$command || -e $tree/sbin/$command || -e $tree/usr/sbin/$command ]] ||
            ln -s /bin/busybox "$tree/bin/$command"
    done
    ln -sfn /bin/busybox "$tree/sbin/init"
    ln -sfn /proc/mounts "$tree/etc/mtab"
    ln -sfn /run/resolv.conf "$tree/etc/resolv.conf"
    echo 'root::0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
    echo 'root:x:0:' >"$tree/etc/group"
    echo '127.0.0.1 localhost' >"$tree/etc/hosts"
}

# debian_tree PIECE TREE
debian_tree() {
    mkdir -p "$2"
    cp -a "$1/." "$2/"
    # Texts and translations, which nobody reads here.
    rm -rf "$2"/usr/share/{man,locale,info} "$2"/.packages "$2"/.stamp
    ln -sfn mawk "$2/usr/bin/awk"
    fill_in "$2"
}

# busybox_tree BUSYBOX TREE: nothing but a static busybox.
busybox_tree() {
    mkdir -p "$2/bin"
    cp "$1" "$2/bin/busybox"
    fill_in "$2"
}
