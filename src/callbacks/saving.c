#include "callbacks/saving.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fault.h"
#include "cornu/class.h"

bool cn_make_folders(char *path, const char *who)
{
    for (char *slash = strchr(path + (*path == '/'), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        bool ok = !(cn_refused(CN_FAULT_WRITE) || mkdir(path, 0777)) || errno == EEXIST;
        if (!ok)
            cn_fail(CN_EIO, "%s: cannot make the folder '%s': %s", who, path, strerror(errno));
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

bool cn_save_freq_read(cn_json *config)
{
    if (strcmp(cn_json_as_string(cn_json_get(config, "save_freq"), ""), "epoch"))
        return true;
    return cn_json_set(config, "save_freq", cn_json_null());
}

bool cn_save_freq_write(int save_freq, cn_json *config)
{
    return !CN_IS_NONE(save_freq) || cn_json_set(config, "save_freq", cn_json_string("epoch"));
}
