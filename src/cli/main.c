/* The program `cornu`. It sees what every user sees: the public headers. */
#include <errno.h>
#include <string.h>

#include "cli.h"

int main(int argc, char **argv)
{
    int status = run_command(argc - 1, argv + 1, &(streams){stdout, stderr});
    if (!fflush(stdout) && !ferror(stdout))
        return status;
    fprintf(stderr, "cornu: cannot write the output: %s\n", strerror(errno));
    return status ? status : FAILED;
}
