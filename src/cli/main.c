/* The program `cornu`. It sees what every user sees: the public headers. */
#include "cli.h"

int main(int argc, char **argv)
{
    int status = run_command(argc - 1, argv + 1, &(streams){stdout, stderr});
    if (fflush(stdout) && status == DONE)
        status = FAILED;
    return status;
}
