#include "cornu/version.h"

const char *cn_version(void)
{
    return CORNU_VERSION;
}
