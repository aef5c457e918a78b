/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Formatted output and check reports. A line is formatted on the stack and written in one go. */
#include <stdbool.h>

#include "amp/guest/console.h"

#define LINE_SIZE 512

struct output {
    char *buffer;
    size_t size;
    size_t length;
};

struct field {
    bool left;
    char pad;
    size_t width;
    unsigned longs;
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->buffer[out->length] = c;
    out->length++;
}

static void put_field(struct output *out, const struct field *field, const char *text, size_t length)
{
    size_t fill = field->width > length ? field->width - length : 0;

    for (size_t i = 0; i < fill && !field->left; i++)
        put(out, field->pad);
    for (size_t i = 0; i < length; i++)
        put(out, text[i]);
    for (size_t i = 0; i < fill && field->left; i++)
        put(out, ' ');
}

static void put_number(struct output *out, const struct field *field, uint64_t value, unsigned base, bool negative)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative)
        digits[--at] = '-';
    put_field(out, field, &digits[at], sizeof(digits) - at);
}

static const char *parse_field(const char *format, struct field *field)
{
    *field = (struct field){.pad = ' '};
    for (; *format == '0' || *format == '-'; format++) {
        if (*format == '0')
            field->pad = '0';
        else
            field->left = true;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        field->width = field->width * 10 + (size_t)(*format - '0');
    for (; *format == 'l' || *format == 'z'; format++)
        field->longs++;
    return format;
}

static void put_text(struct output *out, const struct field *field, const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    put_field(out, field, text, length);
}

/* va_list is passed by pointer so that each call takes the next argument. */
static void put_argument(struct output *out, const struct field *field, char kind, va_list *arguments)
{
    if (kind == 's') {
        put_text(out, field, va_arg(*arguments, const char *));
    } else if (kind == 'c') {
        char c = (char)va_arg(*arguments, int);
        put_field(out, field, &c, 1);
    } else if (kind == 'p') {
        put_number(out, field, (uintptr_t)va_arg(*arguments, void *), 16, false);
    } else if (kind == 'd' || kind == 'i') {
        long long value = field->longs != 0 ? va_arg(*arguments, long long) : va_arg(*arguments, int);
        put_number(out, field, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, value < 0);
    } else if (kind == 'u' || kind == 'x') {
        uint64_t value = field->longs != 0 ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned);
        put_number(out, field, value, kind == 'x' ? 16 : 10, false);
    } else {
        put(out, kind);
    }
}

size_t amp_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    struct output out = {buffer, size, 0};
    va_list rest;

    va_copy(rest, arguments);
    for (; *format != '\0'; format++) {
        struct field field;

        if (*format != '%') {
            put(&out, *format);
            continue;
        }
        format = parse_field(format + 1, &field);
        if (*format == '\0')
            break;
        put_argument(&out, &field, *format, &rest);
    }
    va_end(rest);
    if (size != 0)
        buffer[out.length < size ? out.length : size - 1] = '\0';
    return out.length;
}

size_t amp_snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    size_t length;

    va_start(arguments, format);
    length = amp_vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

static void write_formatted(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
static void write_formatted(const char *format, va_list arguments)
{
    char line[LINE_SIZE];
    size_t length = amp_vsnprintf(line, sizeof(line), format, arguments);

    amp_console_write(line, length < sizeof(line) ? length : sizeof(line) - 1);
}

void amp_printf(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_formatted(format, arguments);
    va_end(arguments);
}

static uint32_t pass_count, fail_count;

void amp_report(bool pass, const char *format, ...)
{
    va_list arguments;

    if (pass)
        pass_count++;
    else
        fail_count++;
    amp_printf(pass ? "PASS: " : "FAIL: ");
    va_start(arguments, format);
    write_formatted(format, arguments);
    va_end(arguments);
    amp_printf("\n");
}

uint32_t amp_report_end(void)
{
    amp_printf("%s: %u passed, %u failed\n", fail_count == 0 && pass_count != 0 ? "PASS" : "FAIL", pass_count, fail_count);
    return fail_count;
}
