#include "saving/old_config.h"

#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "cornu.h"
#include "ops/gradient_check.h"

static void check_translation(const char *from, const char *version, const char *to)
{
    cn_json *config = cn_json_parse(from, strlen(from));
    CHECK(cn_translate_config(config, version));
    char *text = cn_json_text(config, 0);
    check_text(text, to);
    cn_mem_free(text);
    cn_json_free(config);
}

TEST(old_config_hard_sigmoid)
{
    static const char old[] = "{\"layers\": [{\"config\": {\"recurrent_activation\": "
                              "\"hard_sigmoid\", \"name\": \"hard_sigmoid\"}}]}";
    check_translation(old, "2.2.4",
                      "{\"layers\": [{\"config\": {\"recurrent_activation\": "
                      "\"keras2_hard_sigmoid\", \"name\": \"hard_sigmoid\"}}]}");
    check_translation(old, "3.15.1", old);
    check_translation("{\"activation\": \"hard_sigmoid\"}", NULL,
                      "{\"activation\": \"keras2_hard_sigmoid\"}");
}

TEST(old_config_thresholded_relu)
{
    static const char old[] = "{\"layers\": [{\"class_name\": \"ThresholdedReLU\", \"config\": "
                              "{\"name\": \"a\", \"theta\": 0.25}}]}";
    check_translation(old, "2.15.0",
                      "{\"layers\": [{\"class_name\": \"ReLU\", \"config\": {\"name\": \"a\", "
                      "\"threshold\": 0.25}}]}");
    check_translation(old, "3.0.0", old);
}

TEST(old_config_activation)
{
    CN_SCOPE {
        cn_layer *layer = cn_activation("keras2_hard_sigmoid");
        check_tensor(cn_call(layer, cn_values(cn_shape(4), -3, -1, 1, 3)), cn_shape(4), 0, 0.3f,
                     0.7f, 1);
    }
}
