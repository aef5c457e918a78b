/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stuck-page NODE write|both: writes to a partition's device node, or reads from it, too, with buffers whose page never comes
 * (userfaultfd), says so when all calls wait for it, and stays. What others do meanwhile must not wait for it.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096ul
#define READ 1u
#define WRITE 2u

static int node;
static char *pages; /* one for each call */

static void must(int good, const char *what)
{
    if (!good) {
        perror(what);
        exit(1);
    }
}

static void *read_it(void *context)
{
    must(read(node, pages, PAGE) >= 0, "read");
    return context;
}

static void *write_it(void *context)
{
    must(write(node, pages + PAGE, 16) >= 0, "write");
    return context;
}

/* The pages have a keeper, who never brings them. */
static int keep_pages(void)
{
    struct uffdio_api api = { .api = UFFD_API };
    struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };
    int keeper = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

    must(keeper >= 0, "userfaultfd");
    must(ioctl(keeper, UFFDIO_API, &api) == 0, "UFFDIO_API");
    pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(pages != MAP_FAILED, "mmap");
    area.range.start = (unsigned long)pages;
    area.range.len = 2 * PAGE;
    must(ioctl(keeper, UFFDIO_REGISTER, &area) == 0, "UFFDIO_REGISTER");
    return keeper;
}

int main(int argc, char **argv)
{
    struct uffd_msg message;
    pthread_t reader, writer;
    int keeper = keep_pages();
    unsigned int asked_for, wanted = WRITE;

    must(argc == 3 && (node = open(argv[1], O_RDWR)) >= 0, "open");
    must(pthread_create(&writer, NULL, write_it, NULL) == 0, "a thread");
    if (!strcmp(argv[2], "both")) {
        must(pthread_create(&reader, NULL, read_it, NULL) == 0, "a thread");
        wanted |= READ;
    }
    for (asked_for = 0; asked_for != wanted;) {
        must(read(keeper, &message, sizeof(message)) == sizeof(message) && message.event == UFFD_EVENT_PAGEFAULT, "fault");
        asked_for |= message.arg.pagefault.address < (unsigned long)pages + PAGE ? READ : WRITE;
    }
    puts("the calls wait for their pages");
    fflush(stdout);
    for (;;)
        pause();
}
