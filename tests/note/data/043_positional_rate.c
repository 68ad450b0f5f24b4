/* SGD(1e-3): the learning rate comes first. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(4), cn_dense(2, .activation = "softmax"));
    cn_compile(model, "sgd(1e-3)", .loss = {"categorical_crossentropy"});
    TEXT(cn_class_name(model->optimizer), "SGD");
    NEAR(cn_learning_rate(model->optimizer), 0.001);
}
