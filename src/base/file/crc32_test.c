#include "base/crc32.h"

#include "base/test.h"

TEST(crc32_known_values)
{
    CHECK(cn_crc32(0, "", 0) == 0);
    CHECK(cn_crc32(0, "123456789", 9) == 0xCBF43926u);
    static const char text[] = "The quick brown fox jumps over the lazy dog";
    CHECK(cn_crc32(0, text, sizeof text - 1) == 0x414FA339u);
    for (size_t cut = 0; cut < sizeof text; cut++) /* in two pieces */
        CHECK(cn_crc32(cn_crc32(0, text, cut), text + cut, sizeof text - 1 - cut) == 0x414FA339u);
}
