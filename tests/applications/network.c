/* For tests/applications/run:
 *
 *     network NAME HEIGHT WIDTH CHANNELS CLASSES WEIGHTS OUTPUT...
 *
 * makes the network with these weights and saves it as each OUTPUT. CLASSES 0: without its top. */
#include <cornu.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    if (argc < 8)
        return 2;
    cn_application_options options = {.weights = argv[6],
                                      .classes = atoi(argv[5]),
                                      .include_top = atoi(argv[5]) > 0,
                                      .pooling = "max",
                                      .classifier_activation = "softmax",
                                      .include_preprocessing = true};
    for (int i = 0; i < 3; i++)
        options.input_shape.d[i] = atoi(argv[2 + i]);
    cn_model *model = cn_application_new(argv[1], &options);
    for (int i = 7; i < argc; i++)
        if (strstr(argv[i], ".weights.h5"))
            cn_save_weights(model, argv[i]);
        else
            cn_save(model, argv[i]);
    return 0;
}
