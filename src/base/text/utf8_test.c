#include "base/utf8.h"

#include <string.h>

#include "base/test.h"

TEST(utf8_round_trips_every_code)
{
    char text[4];
    for (uint32_t code = 0; code < 0x110100; code++) {
        uint32_t back = 0;
        size_t bytes = cn_utf8_encode(code, text);
        bool valid = code < 0x110000 && (code < 0xD800 || code >= 0xE000);
        if (bytes ? cn_utf8_decode(text, bytes, &back) != bytes || back != code : valid) {
            CHECK(!"round trip");
            return;
        }
        if (bytes > 1 && cn_utf8_decode(text, bytes - 1, &back))
            CHECK(!"a cut character");
    }
}

TEST(utf8_refuses_malformed_bytes)
{
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF0\x80\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xC3(",
                                      "\xFF"};
    uint32_t code;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(cn_utf8_decode(bad[i], strlen(bad[i]), &code) == 0);
    CHECK(cn_utf8_decode("", 0, &code) == 0);
    CHECK(cn_utf8_valid("a\xC3\xA4\xFF", 4) == 3);
}
