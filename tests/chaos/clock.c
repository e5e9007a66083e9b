// A clock that is CLOCK_OFF seconds off, for a program that is started with this preloaded. What only goes on, and by
// which time is measured, stays as it is: so it is when somebody set a machine's clock wrongly.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t which, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(which, at);
    const char *off = getenv("CLOCK_OFF");
    if (answer == 0 && which == CLOCK_REALTIME && off) at->tv_sec += atol(off);
    return answer;
}
