/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date_fuzzer.c - any bytes as an HTTP-date.
 *
 * What is taken is what libc writes for the time that it is, in one of the three forms,
 * leap seconds apart; what is not leaves the result alone. The offset made of it is 0,
 * or at least what is worth correcting.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fingerpost.h"

#define NOW INT64_C(1440938160)

static void must(int holds)
{
    if (!holds)
        abort();
}

/* Whether libc writes |text| for |when|. */
static int is_written(fgp_str text, int64_t when)
{
    static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                         "%a %b %e %H:%M:%S %Y", "%a %b %d %H:%M:%S %Y" };
    time_t    t = (time_t)when;
    char      line[64];
    struct tm tm;

    must(gmtime_r(&t, &tm) != NULL);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strftime(line, sizeof line, forms[i], &tm) == text.len &&
            memcmp(line, text.ptr, text.len) == 0)
            return 1;
    return 0;
}

static int is_leap_second(fgp_str text)
{
    for (size_t i = 0; i + 3 <= text.len; i++)
        if (memcmp(text.ptr + i, ":60", 3) == 0)
            return 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char         *copy = malloc(size + 1); /* of just its size, for the sanitizer */
    fgp_str       text = { copy, size };
    int64_t       when = -7, offset;
    fgp_skew_seen seen = { NOW * 1000000000, NOW * 1000000000 + 1000, text, false };

    memcpy(copy, data, size);
    if (fgp_http_date(text, NOW, &when)) {
        must(when >= 0 && when <= 253402300799);
        must(is_written(text, when) || is_leap_second(text));
        offset = fgp_skew_offset(&seen, 5);
        must(offset == 0 || offset == when - NOW);
        must((offset == 0) == (llabs(when - NOW) < FGP_SKEW_LEAST_S));
    } else {
        must(when == -7);
        must(fgp_skew_offset(&seen, 5) == 5);
    }
    free(copy);
    return 0;
}
