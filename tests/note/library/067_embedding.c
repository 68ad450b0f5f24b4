/* Embedding(10, 2): as many rows as the largest id and one. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    CHECK(freopen("said.txt", "wb", stderr));
    cn_layer *words = cn_embedding(10, 2, .input_length = 1, .name = "words");
    CHECK(freopen("errors.txt", "wb", stderr));
    char said[100] = "";
    FILE *file = fopen("said.txt", "rb");
    CHECK(file && fread(said, 1, sizeof said - 1, file));
    fclose(file);
    TEXT(said, "UserWarning: Argument `input_length` is deprecated. Just remove it.\n");

    cn_model *model = cn_sequential(cn_input(1), words);
    CHECK(cn_rank(model->output) == 3 && cn_dim(model->output, 1) == 1 &&
          cn_dim(model->output, 2) == 2);
    CHECK(cn_count_params(model) == 20);
    CHECK(cn_dim(cn_predict(model, cn_values(cn_shape(3, 1), 0, 9, 4)), 0) == 3);

    cn_on_error(NULL);
    CHECK(!cn_predict(model, cn_values(cn_shape(2, 1), 3, 10)));
    CHECK(strstr(cn_error(), "words: Embedding: the id 10 at (1, 0) is outside [0, 10)"));
}
