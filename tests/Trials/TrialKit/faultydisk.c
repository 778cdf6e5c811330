/*
 * Makes the disk below the folder FAULTY_DISK fail, in a program that preloads this library (LD_PRELOAD). Another program chooses the fault:
 * both map the file FAULTY_DISK_FAULT into memory. FaultyDisk.cs is that other program, and has the same numbers.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum kind { NONE, WRITE_FAILS, WRITE_IS_SHORT, EXIT_IN_WRITE, SYNC_FAILS, SYNC_IS_SLOW, SYNC_LIES, EXIT_IN_SYNC, READ_FAILS, READ_HANGS,
    IS_SLOW };

/* value: an error number, bytes, milliseconds or a factor. spared: how many calls succeed first. hits: how many calls met the fault. */
struct fault { atomic_int kind, value, spared, hits; };

static struct fault *fault;
static const char *disk;

__attribute__((constructor)) static void start(void)
{
    const char *file = getenv("FAULTY_DISK_FAULT");
    int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *mapped = descriptor < 0 ? MAP_FAILED : mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (descriptor >= 0)
        close(descriptor);
    disk = getenv("FAULTY_DISK");
    if (disk && mapped != MAP_FAILED)
        fault = mapped;
}

static int is_on_disk(int file)
{
    char link[32], path[PATH_MAX];
    size_t length = strlen(disk);
    ssize_t found;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    found = readlink(link, path, sizeof path);
    return found > (ssize_t)length && memcmp(path, disk, length) == 0 && path[length] == '/';
}

/* The fault that this call meets. */
static enum kind meet(int file, enum kind first, enum kind last)
{
    enum kind kind = fault ? fault->kind : NONE;

    if (((kind < first || kind > last) && kind != IS_SLOW) || !is_on_disk(file) || fault->spared-- > 0)
        return NONE;
    fault->hits++;
    return kind;
}

static void pause_for(long long nanoseconds)
{
    nanosleep(&(struct timespec){ nanoseconds / 1000000000, nanoseconds % 1000000000 }, NULL);
}

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Ends a call that took the time since began, and takes value times as long on a slow disk. */
static ssize_t slowed(enum kind kind, long long began, ssize_t result)
{
    int error = errno;

    long long end = began + (now() - began) * fault->value;

    /* The end of the fault ends the pause, too: a call on a busy machine may take long by itself. */
    while (kind == IS_SLOW && fault->kind == IS_SLOW && now() < end)
        pause_for(1000000);
    errno = error;
    return result;
}

/* Raw system calls, because the names of libc lead back here. */
static ssize_t put(int file, const void *bytes, size_t count, off_t offset)
{
    return offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
}

static ssize_t write_or_fail(int file, const void *bytes, size_t count, off_t offset)
{
    enum kind kind = meet(file, WRITE_FAILS, EXIT_IN_WRITE);
    long long began = now();

    switch (kind) {
    case WRITE_FAILS:
        errno = fault->value;
        return -1;
    case WRITE_IS_SHORT:
        return put(file, bytes, count < (size_t)fault->value ? count : (size_t)fault->value, offset);
    case EXIT_IN_WRITE:
        put(file, bytes, count / 2, offset);
        _exit(137);
    default:
        return slowed(kind, began, put(file, bytes, count, offset));
    }
}

static int sync_or_fail(int file, long call)
{
    enum kind kind = meet(file, SYNC_FAILS, EXIT_IN_SYNC);
    long long began = now();

    switch (kind) {
    case SYNC_FAILS:
        errno = fault->value;
        return -1;
    case SYNC_IS_SLOW:
        pause_for(fault->value * 1000000LL);
        return syscall(call, file);
    case SYNC_LIES:
        return 0;
    case EXIT_IN_SYNC:
        _exit(137);
    default:
        return slowed(kind, began, syscall(call, file));
    }
}

static ssize_t read_or_fail(int file, void *bytes, size_t count, off_t offset)
{
    enum kind kind = meet(file, READ_FAILS, READ_HANGS);
    long long began = now();

    switch (kind) {
    case READ_FAILS:
        errno = fault->value;
        return -1;
    case READ_HANGS:
        while (fault->kind == READ_HANGS)
            pause_for(10000000);
        return syscall(SYS_pread64, file, bytes, count, offset);
    default:
        return slowed(kind, began, syscall(SYS_pread64, file, bytes, count, offset));
    }
}

ssize_t write(int file, const void *bytes, size_t count) { return write_or_fail(file, bytes, count, -1); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return write_or_fail(file, bytes, count, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) { return write_or_fail(file, bytes, count, offset); }
ssize_t pread(int file, void *bytes, size_t count, off_t offset) { return read_or_fail(file, bytes, count, offset); }
ssize_t pread64(int file, void *bytes, size_t count, off_t offset) { return read_or_fail(file, bytes, count, offset); }
int fsync(int file) { return sync_or_fail(file, SYS_fsync); }
int fdatasync(int file) { return sync_or_fail(file, SYS_fdatasync); }
