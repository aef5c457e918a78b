/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's virt machine: RAM from 0x40000000; the loader, which plays the module, and what it embeds. */
OUTPUT_ARCH(aarch64)
ENTRY(_start)
PHDRS
{
    text PT_LOAD FLAGS(5);
    data PT_LOAD FLAGS(6);
}
SECTIONS
{
    . = 0x40200000;
    .text : { *(.text.start) *(.text .text.*) *(.rodata .rodata.*) } :text
    . = ALIGN(0x1000);
    .data : { *(.data .data.*) } :data
    .bss (NOLOAD) : { __bss_start = .; *(.bss .bss.*) . = ALIGN(16); __bss_end = .; } :data
    . = ALIGN(16);
    . = . + 0x10000;
    __stack_end = .;
    /DISCARD/ : { *(.comment .note.* .eh_frame*) }
}
