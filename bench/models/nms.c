/* The best boxes of each class, then of all; bench/models/nms.py writes the inputs and compares:
 *
 *     nms FOLDER REPEATS    boxes.bin (10647, 4) and scores.bin (10647, 80), float32, to Cornu.bin:
 *                           scores (300,), classes (300,), boxes (300, 4); "predict" and the
 *                           microseconds of each repeat on a line each
 */
#include <cornu.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BOXES = 10647, CLASSES = 80, PER_CLASS = 100, TOTAL = 300 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static cn_tensor *read_floats(const char *folder, const char *name, cn_shape shape)
{
    size_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= (size_t)shape.dim[i];
    float *values = malloc(n * sizeof *values);
    FILE *file = open_in(folder, name, "rb");
    if (!values || fread(values, sizeof *values, n, file) != n)
        exit(1);
    fclose(file);
    cn_tensor *tensor = cn_array(values, CN_FLOAT32, shape);
    free(values);
    return tensor;
}

static cn_list *suppress(cn_tensor *const *in, void *user)
{
    (void)user;
    cn_tensor *found =
        cn_combined_non_max_suppression(in[0], in[1], PER_CLASS, TOTAL, .score_threshold = 0.3);
    return cn_list_of(cn_nth(found, 1), cn_nth(found, 2), cn_nth(found, 0));
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 1;
    cn_on_error(cn_die);
    cn_tensor *boxes = read_floats(argv[1], "boxes.bin", cn_shape(1, BOXES, 1, 4));
    cn_tensor *scores = read_floats(argv[1], "scores.bin", cn_shape(1, BOXES, CLASSES));
    cn_function *function = cn_traced_function(suppress, NULL);
    for (int r = -1; r < atoi(argv[2]); r++)
        CN_SCOPE {
            double start = now();
            cn_list *found = cn_run(function, boxes, scores);
            const void *data[] = {cn_data(cn_nth(found, 0)), cn_data(cn_nth(found, 1)),
                                  cn_data(cn_nth(found, 2))};
            if (r >= 0) {
                printf("predict %.3f\n", now() - start);
                continue;
            }
            FILE *file = open_in(argv[1], "Cornu.bin", "wb");
            for (int i = 0; i < 3; i++)
                fwrite(data[i], sizeof(float), (size_t)TOTAL * (i < 2 ? 1 : 4), file);
            fclose(file);
        }
}
