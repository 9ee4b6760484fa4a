/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock_shift.c - lets a spec move a program's wall clock, by LD_PRELOAD.
 *
 * gettimeofday() tells the time plus the seconds that stand in the file
 * $CLOCK_SHIFT. It is read at each call: the spec may change it meanwhile.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void)
{
    const char *path = getenv("CLOCK_SHIFT");
    char        text[24] = { 0 };
    int         fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    long        seconds = 0;

    if (fd >= 0) {
        if (read(fd, text, sizeof text - 1) > 0)
            seconds = strtol(text, NULL, 10);
        close(fd);
    }
    return seconds;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec ts;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &ts);
    now->tv_sec = ts.tv_sec + shift();
    now->tv_usec = ts.tv_nsec / 1000;
    return 0;
}
