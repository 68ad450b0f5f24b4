/* Writing files so that the old one or the new one is there, whole, whatever happens. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"

enum { BUFFER = 1 << 16 };

struct cn_file_writer {
    char *path, *temporary; /* the target, links resolved; the file beside it */
    int file;               /* -1: none */
    uint64_t flushed;
    size_t pending;
    bool failed;
    unsigned char buffer[BUFFER];
};

/* Whether a test wants this system call to fail. */
static bool refused(void)
{
    return cn_refused(CN_FAULT_WRITE);
}

static bool cannot_write(const char *path, int error)
{
    return cn_fail(error == ENOENT || error == ENOTDIR ? CN_ENOTFOUND : CN_EIO,
                   "cannot write '%s': %s", path, strerror(error));
}

static bool give_up(cn_file_writer *writer, int error)
{
    writer->failed = true;
    return cannot_write(writer->path, error);
}

/* The path with its links resolved, so that a link outlives its file being replaced. Owned. */
static char *resolve(const char *path)
{
    char real[PATH_MAX];
    return cn_mem_strdup(realpath(path, real) ? real : path);
}

/* Creates a file beside the target that nobody else has. */
static bool create_temporary(cn_file_writer *writer, mode_t mode)
{
    static atomic_ulong serial;
    for (int attempt = 0; attempt < 1000; attempt++) {
        cn_mem_free(writer->temporary);
        writer->temporary = cn_mem_printf("%s.%ld-%lu.tmp", writer->path, (long)getpid(),
                                          atomic_fetch_add(&serial, 1));
        if (!writer->temporary)
            return false;
        writer->file =
            refused() ? -1 : open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (writer->file >= 0)
            return true;
        if (errno != EEXIST)
            break;
    }
    return give_up(writer, errno);
}

static bool start(cn_file_writer *writer)
{
    struct stat old;
    bool replaces = !stat(writer->path, &old);
    if (replaces && !S_ISREG(old.st_mode))
        return cn_fail(CN_EIO, "cannot write '%s': %s", writer->path,
                       S_ISDIR(old.st_mode) ? strerror(EISDIR) : "not a regular file");
    if (!create_temporary(writer, 0666))
        return false;
    if (replaces && (refused() || fchmod(writer->file, old.st_mode & 0777)))
        return give_up(writer, errno);
    return true;
}

cn_file_writer *cn_file_begin(const char *path)
{
    if (!path || !*path)
        return cn_fail_null(CN_EINVAL, "path: expected the name of a file, found %s",
                            path ? "''" : "NULL");
    cn_file_writer *writer = cn_mem_alloc(sizeof *writer);
    if (!writer)
        return NULL;
    writer->file = -1;
    writer->temporary = NULL;
    writer->flushed = 0;
    writer->pending = 0;
    writer->failed = false;
    writer->path = resolve(path);
    if (writer->path && start(writer))
        return writer;
    cn_file_abort(writer);
    return NULL;
}

/* One step; offset -1: at the file's end, or into a pipe. */
static ssize_t write_some(int file, const unsigned char *data, size_t size, off_t offset)
{
    enum { STEP = 1 << 30 };
    if (refused())
        return -1;
    if (size > STEP)
        size = STEP;
    if (cn_refused(CN_FAULT_SHORT))
        size = (size + 1) / 2;
    return offset < 0 ? write(file, data, size) : pwrite(file, data, size, offset);
}

/* Writes all of it, however short the system's steps are; returns 0 or errno. */
static int write_all(int file, const unsigned char *data, size_t size, off_t offset)
{
    while (size) {
        ssize_t put = write_some(file, data, size, offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return put < 0 ? errno : EIO;
        data += put;
        size -= (size_t)put;
        offset += offset < 0 ? 0 : put;
    }
    return 0;
}

static bool write_fully(cn_file_writer *writer, const unsigned char *data, size_t size,
                        uint64_t offset)
{
    int error = write_all(writer->file, data, size, (off_t)offset);
    return !error || give_up(writer, error);
}

static bool flush(cn_file_writer *writer)
{
    if (!write_fully(writer, writer->buffer, writer->pending, writer->flushed))
        return false;
    writer->flushed += writer->pending;
    writer->pending = 0;
    return true;
}

bool cn_file_write(cn_file_writer *writer, const void *data, size_t size)
{
    if (!writer || writer->failed)
        return false;
    if (size > BUFFER - writer->pending && !flush(writer))
        return false;
    if (size >= BUFFER) {
        if (!write_fully(writer, data, size, writer->flushed))
            return false;
        writer->flushed += size;
    } else if (size) {
        memcpy(writer->buffer + writer->pending, data, size);
        writer->pending += size;
    }
    return true;
}

bool cn_file_write_at(cn_file_writer *writer, uint64_t offset, const void *data, size_t size)
{
    if (!writer || writer->failed)
        return false;
    uint64_t end = cn_file_position(writer);
    if (offset > end || size > end - offset) {
        writer->failed = true;
        return cn_fail(CN_EINVAL, "cannot write '%s': offset %llu, %zu bytes, beyond the end %llu",
                       writer->path, (unsigned long long)offset, size, (unsigned long long)end);
    }
    return flush(writer) && write_fully(writer, data, size, offset);
}

uint64_t cn_file_position(const cn_file_writer *writer)
{
    return writer ? writer->flushed + writer->pending : 0;
}

/* Makes the new name itself last. Systems that cannot sync a folder say EINVAL. */
static bool sync_folder(cn_file_writer *writer)
{
    char *folder = cn_mem_strdup(writer->path);
    if (!folder)
        return false;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int file = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cn_mem_free(folder);
    if (file < 0)
        return true; /* a folder that may be written but not read */
    bool ok = !(refused() || fsync(file)) || errno == EINVAL || give_up(writer, errno);
    close(file);
    return ok;
}

static bool commit(cn_file_writer *writer)
{
    if (writer->failed || !flush(writer))
        return false;
    if (refused() || fsync(writer->file))
        return give_up(writer, errno);
    int file = writer->file;
    writer->file = -1;
    if (close(file) || refused())
        return give_up(writer, errno);
    if (refused() || rename(writer->temporary, writer->path))
        return give_up(writer, errno);
    cn_mem_free(writer->temporary);
    writer->temporary = NULL;
    return sync_folder(writer);
}

bool cn_file_end(cn_file_writer *writer)
{
    bool ok = writer && commit(writer);
    cn_file_abort(writer);
    return ok;
}

void cn_file_abort(cn_file_writer *writer)
{
    if (!writer)
        return;
    if (writer->file >= 0)
        close(writer->file);
    if (writer->temporary)
        unlink(writer->temporary);
    cn_mem_free(writer->temporary);
    cn_mem_free(writer->path);
    cn_mem_free(writer);
}

/* Logs. */

bool cn_file_log_open(cn_file_log *log, const char *path, bool append)
{
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (append ? 0 : O_TRUNC);
    int file = refused() ? -1 : open(path, flags, 0666);
    if (file < 0)
        return cannot_write(path, errno);
    struct stat status;
    bool empty = fstat(file, &status) || !S_ISREG(status.st_mode) || !status.st_size;
    *log = (cn_file_log){path, file, true, empty};
    return true;
}

bool cn_file_log_put(cn_file_log *log, const void *data, size_t size)
{
    struct stat before;
    bool regular = !fstat(log->file, &before) && S_ISREG(before.st_mode);
    int error = write_all(log->file, data, size, -1);
    if (error && regular && ftruncate(log->file, before.st_size))
        error = errno; /* the half line stays: say why */
    return !error || cannot_write(log->path, error);
}

bool cn_file_log_close(cn_file_log *log)
{
    if (!log->open)
        return true;
    log->open = false;
    return !(close(log->file) || refused()) || cannot_write(log->path, errno);
}
