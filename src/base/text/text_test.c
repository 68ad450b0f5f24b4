#include "base/text.h"

#include "base/test.h"

TEST(text_among)
{
    CHECK(cn_text_among("b", "a b c", " "));
    CHECK(cn_text_among("dense_1", "dense, dense_1", ", "));
    CHECK(cn_text_among("c", "a  c", " "));
    CHECK(!cn_text_among("dense", "dense_1, a_dense", ", "));
    CHECK(!cn_text_among("a, b", "a, b", ", "));
    CHECK(!cn_text_among("a", NULL, " ") && !cn_text_among("a", "", " "));
}
