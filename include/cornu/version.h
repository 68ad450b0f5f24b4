/* Which Cornu this is. */
#ifndef CORNU_VERSION_H
#define CORNU_VERSION_H

#include <cornu/export.h>

#define CORNU_VERSION_MAJOR 0
#define CORNU_VERSION_MINOR 1
#define CORNU_VERSION_PATCH 0
#define CORNU_VERSION "0.1.0"

/* The version of the library that runs, as CORNU_VERSION is that of the headers compiled with:
 * keras.version(). Borrowed, valid for ever. Never fails. */
CN_API const char *cn_version(void);

#endif
