#include "cornu/version.h"

#include <stdio.h>

#include "base/test.h"

TEST(version_is_that_of_the_headers)
{
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", CORNU_VERSION_MAJOR, CORNU_VERSION_MINOR,
             CORNU_VERSION_PATCH);
    check_text(cn_version(), text);
    check_text(CORNU_VERSION, text);
}
