/*
 * Sets the time of day of a program that preloads this library (LD_PRELOAD). Another program chooses it: both map the file WALL_CLOCK into
 * memory. WallClock.cs is that other program, and has the same layout. All other clocks stay, as on a machine whose time of day is set.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Nanoseconds since 1970, nanoseconds ahead of the machine at that moment, and how many times as fast the clock runs from then on. */
struct setting { atomic_llong since, ahead, rate; };

static struct setting *setting;

__attribute__((constructor)) static void start(void)
{
    const char *file = getenv("WALL_CLOCK");
    int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = descriptor < 0 ? MAP_FAILED : mmap(NULL, sizeof *setting, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (descriptor >= 0)
        close(descriptor);
    if (mapped != MAP_FAILED)
        setting = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = syscall(SYS_clock_gettime, clock, time);

    if (setting && result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        long long now = time->tv_sec * 1000000000LL + time->tv_nsec;

        now += setting->ahead + (now - setting->since) * (setting->rate - 1);
        *time = (struct timespec){ now / 1000000000, now % 1000000000 };
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds)
        *seconds = now.tv_sec;
    return now.tv_sec;
}
