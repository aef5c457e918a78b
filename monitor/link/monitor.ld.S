/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monitor's memory, from the page it was put at:
 *
 *   header, code        read, execute    | monitor.bin, file_size
 *   constants           read             |
 *   data                read, write      |
 *   zeroed data         read, write      + memory_size
 *   guard page          not mapped       |
 *   stack               read, write      |
 *   guard page          not mapped       |
 *   fault stack         read, write      |
 *   page-table pool     read, write      up to amp_boot_info.monitor's end; not in here
 *
 * Linked at 0, runs anywhere: the assertions at the end keep out whatever would have to be relocated.
 */
#include "amp/abi/boot_info.h"
#include "frame.h"

OUTPUT_ARCH(aarch64)
ENTRY(amp_header)

PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}

SECTIONS
{
    . = 0;
    __text_start = .;
    .text : {
        KEEP(*(.header))
        QUAD(__file_end)
        QUAD(__memory_end)
        *(.text.vectors)
        *(.text .text.*)
        . = ALIGN(AMP_MONITOR_ALIGN);
    } :text
    __text_end = .;
    .rodata : {
        *(.rodata .rodata.*)
        . = ALIGN(AMP_MONITOR_ALIGN);
    } :rodata
    __rodata_end = .;
    __data_start = .;
    .data : {
        *(.data .data.*)
        . = ALIGN(16);
    } :data
    __file_end = .;
    . = ALIGN(AMP_MONITOR_ALIGN);
    __bss_start = .;
    .bss (NOLOAD) : {
        *(.bss .bss.* COMMON)
        . = ALIGN(AMP_MONITOR_ALIGN);
    } :data
    __bss_end = .;
    __guard_start = .;
    . = . + AMP_MONITOR_ALIGN;
    __stack_start = .;
    . = . + AMP_STACK_SIZE;
    __stack_end = .;
    . = . + AMP_MONITOR_ALIGN;
    __fault_stack_start = .;
    . = . + AMP_FAULT_STACK_SIZE;
    __fault_stack_end = .;
    __memory_end = .;

    /* What would have to be relocated or run before C++: nothing. */
    .must_be_empty : { *(.rela* .plt .data.rel.ro* .init_array .init_array.* .ctors) }
    ASSERT(SIZEOF(.must_be_empty) == 0, "something in the monitor needs a relocation or a constructor")
    /* The linker's own words of a GOT without entries, and its dynamic section; not part of the image. */
    .got (INFO) : { *(.got .got.plt) }
    ASSERT(SIZEOF(.got) <= 0x20, "something in the monitor is reached through a GOT: give it hidden visibility")
    .dynamic (INFO) : { *(.dynamic .dynsym .dynstr .hash .gnu.hash) }

    /DISCARD/ : { *(.comment .note.* .eh_frame* .interp .ARM.attributes) }
}
