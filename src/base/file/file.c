/* Reading files; writing is file_writer.c. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"

static const unsigned char nothing[1];

static bool cannot_read(const char *path, int error)
{
    return cn_fail(error == ENOENT || error == ENOTDIR ? CN_ENOTFOUND : CN_EIO,
                   "cannot read '%s': %s", path, strerror(error));
}

/* Whether a test wants this system call to fail. */
static bool refused(void)
{
    return cn_refused(CN_FAULT_READ);
}

static bool map(cn_file_view *view, int file, const struct stat *status)
{
    if (!S_ISREG(status->st_mode) || status->st_size <= 0 || (uint64_t)status->st_size > SIZE_MAX)
        return false;
    size_t size = (size_t)status->st_size;
    void *data = refused() ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED)
        return false;
    *view = (cn_file_view){data, size, true};
    return true;
}

/* For pipes, empty files and what cannot be mapped. */
static bool read_all(cn_file_view *view, int file, const char *path)
{
    unsigned char *data = NULL;
    size_t size = 0, capacity = 0;
    for (;;) {
        if (!cn_mem_reserve(&data, &capacity, size + (1 << 16), 1))
            break;
        size_t step = capacity - size;
        if (cn_refused(CN_FAULT_SHORT))
            step = (step + 1) / 2;
        ssize_t got = refused() ? -1 : read(file, data + size, step);
        if (got == 0) {
            *view = (cn_file_view){data, size, false};
            return true;
        }
        if (got > 0)
            size += (size_t)got;
        else if (errno != EINTR) {
            cannot_read(path, errno);
            break;
        }
    }
    cn_mem_free(data);
    return false;
}

bool cn_file_open(cn_file_view *view, const char *path)
{
    *view = (cn_file_view){nothing, 0, false};
    if (!path)
        return cn_fail(CN_EINVAL, "path: expected the name of a file, found NULL");
    int file = refused() ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return cannot_read(path, errno);
    struct stat status;
    bool ok = true;
    if (refused() || fstat(file, &status))
        ok = cannot_read(path, errno);
    else if (S_ISDIR(status.st_mode))
        ok = cannot_read(path, EISDIR);
    else if (!map(view, file, &status))
        ok = read_all(view, file, path);
    close(file);
    return ok;
}

void cn_file_close(cn_file_view *view)
{
    if (view->mapped)
        munmap((void *)(uintptr_t)view->data, view->size);
    else if (view->data != nothing)
        cn_mem_free((void *)(uintptr_t)view->data);
    *view = (cn_file_view){nothing, 0, false};
}
