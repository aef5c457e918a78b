/* SPDX-License-Identifier: GPL-2.0-only */
/* Entered at the start of guest RAM, as all guests of this test; zeroed by the loader; the stack ends 128 KiB further on. */
ENTRY(_start)
PHDRS
{
    text PT_LOAD FLAGS(5);
    data PT_LOAD FLAGS(6);
}
SECTIONS
{
    . = 0x40000000;
    .text : { *(.text.start) *(.text .text.*) *(.rodata .rodata.*) } :text
    . = ALIGN(0x1000);
    .data : { *(.data .data.*) } :data
    .bss (NOLOAD) : { *(.bss .bss.* COMMON) } :data
    stack_top = 0x40020000;
    /DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame*) }
}
