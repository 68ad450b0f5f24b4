/* The program `cornu`. It sees what every user sees: the public headers. */
#include <stdio.h>
#include <string.h>

#include <cornu.h>

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 };

static const char usage[] = "Usage: cornu --version | --help\n";

static int print(FILE *to, const char *text, int status)
{
    return fputs(text, to) == EOF || fflush(to) ? FAILED : status;
}

static int print_version(void)
{
    char text[64];
    snprintf(text, sizeof text, "cornu %s\n", cn_version());
    return print(stdout, text, DONE);
}

int main(int argc, char **argv)
{
    const char *word = argc == 2 ? argv[1] : "";
    if (!strcmp(word, "--version"))
        return print_version();
    if (!strcmp(word, "--help") || !strcmp(word, "help"))
        return print(stdout, usage, DONE);
    return print(stderr, usage, WRONG_USAGE);
}
