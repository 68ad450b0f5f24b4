/* An optimizer by name, by its class's name, with arguments, and as Keras's configuration. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    static const char *const ways[] = {
        "sgd", "SGD", "sgd(0.01)", "SGD(learning_rate=0.01)",
        "{\"class_name\": \"SGD\", \"config\": {\"learning_rate\": 0.01}}"};
    cn_model *model = cn_sequential(cn_input(4), cn_dense(2));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        cn_compile(model, ways[i], .loss = {"mse"});
        TEXT(cn_class_name(model->optimizer), "SGD");
        NEAR(cn_learning_rate(model->optimizer), 0.01);
    }
}
