/* A user's program in C11: it sees what is installed and nothing else. */
#include <stdio.h>
#include <string.h>

#include <cornu.h>

int main(void)
{
    if (strcmp(cn_version(), CORNU_VERSION) != 0) {
        fprintf(stderr, "headers %s, library %s\n", CORNU_VERSION, cn_version());
        return 1;
    }
    if (cn_error_code() != CN_OK || strcmp(cn_error(), "") != 0) {
        fprintf(stderr, "an error before the first call: %s\n", cn_error());
        return 1;
    }
    printf("cornu %s\n", cn_version());
    return 0;
}
