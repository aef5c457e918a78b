/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A guest in memory (guest-physical):
 *   0x40000000  free: QEMU puts the device tree of an ELF kernel here, if it has 1 MiB; other loaders above the image
 *   0x40100000  amp_start: code (64-bit: behind an Image header)   read, execute
 *               constants                          read
 *               data, bss, stack, tables           read, write    -- all within the first 2 MiB of RAM or the build fails
 */
ENTRY(amp_start)

PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
    tls PT_TLS FLAGS(6);
}

SECTIONS
{
    . = 0x40100000;
    .text : {
        amp_text_start = .;
        KEEP(*(.text.start))
        *(.text.vectors)
        *(.text .text.*)
        . = ALIGN(4096);
        amp_text_end = .;
    } :text
    .rodata : {
        *(.rodata .rodata.*)
        . = ALIGN(8);
        amp_init_array_start = .;
        KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
        KEEP(*(.init_array))
        amp_init_array_end = .;
        . = ALIGN(4096);
        amp_rodata_end = .;
    } :rodata
    .data : {
        *(.data .data.*)
    } :data
    /* OpenAMP's resource table, a section of its own so that loaders find it; written to by dom0 */
    .resource_table : {
        KEEP(*(.resource_table))
        . = ALIGN(16);
    } :data
    /* One thread: its block is the initial image itself, followed by its zeroes at the beginning of bss. */
    .tdata : ALIGN(16) {
        amp_tls_start = .;
        *(.tdata .tdata.*)
    } :data :tls
    .tbss (NOLOAD) : ALIGN(16) {
        *(.tbss .tbss.*)
        amp_tls_end = .;
    } :data :tls
    .bss (NOLOAD) : ALIGN(16) {
        amp_bss_start = .;
        /* .tbss takes no addresses of its own (the linker's rule for TLS), so this is where its zeroes are. */
        . += SIZEOF(.tbss);
        *(.bss .bss.* COMMON)
        . = ALIGN(16);
        amp_bss_end = .;
    } :data
    .stack (NOLOAD) : {
        . = ALIGN(16);
        . += 0x8000;
        amp_stack_end = .;
    } :data
    .tables (NOLOAD) : {
        . = ALIGN(4096);
        *(.tables)
    } :data
    amp_image_end = .;
    /* for a C library's malloc */
    PROVIDE(__heap_start = ALIGN(16));
    PROVIDE(__heap_end = 0x40200000);
    /* The picture of the address space in mmu.c has pages for these 2 MiB only. */
    ASSERT(amp_image_end <= 0x40200000, "the guest does not fit into the first 2 MiB of RAM")

    /DISCARD/ : { *(.note .note.* .comment .eh_frame .eh_frame_hdr) }
}
amp_image_size = amp_image_end - amp_text_start;
