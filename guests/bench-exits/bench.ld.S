/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linked where QEMU's virt machine has its memory and where a partition has it too, so that one file runs in both places:
 *
 *   0x40000000  device tree (QEMU puts it below the image)
 *   0x40080000  text, rodata, data, bss, stack
 */
ENTRY(_start)
PHDRS
{
    text PT_LOAD FLAGS(5);
    data PT_LOAD FLAGS(6);
}
SECTIONS
{
    . = 0x40080000;
    .text : { *(.text.start) *(.text .text.*) } :text
    .rodata : { *(.rodata .rodata.*) } :text
    . = ALIGN(0x1000);
    .data : { *(.data .data.*) } :data
    .bss (NOLOAD) : ALIGN(16) {
        bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(16);
        bss_end = .;
        . += 0x2000;
        stack_top = .;
    } :data
    /DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame*) }
}
