#include "optimizers/path_pattern.h"

#include "base/error.h"
#include "base/test.h"

TEST(path_pattern_matches_whole_paths)
{
    CHECK(cn_path_match("conv/.*", "conv/kernel"));
    CHECK(!cn_path_match("conv/.*", "my/conv/kernel"));
    CHECK(!cn_path_match("conv", "conv/kernel"));
    CHECK(cn_path_match("(dense|conv)_[0-9]+/(kernel|bias)", "conv_12/bias"));
    CHECK(!cn_path_match("(dense|conv)_[0-9]+/(kernel|bias)", "conv_/bias"));
    CHECK(cn_path_match("a|b|c", "c"));
    CHECK(cn_path_match("(a|bc)*d?", "abcabcd"));
    CHECK(cn_path_match("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
    CHECK(!cn_path_match("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    CHECK(cn_path_match("\\w+\\.\\d[^/]", "x_1.2y"));
    CHECK(cn_path_match("", "") && !cn_path_match("", "a"));
}

TEST(path_pattern_searches)
{
    CHECK(cn_path_search("head", "model/head/kernel"));
    CHECK(cn_path_search("^model", "model/head/kernel"));
    CHECK(!cn_path_search("^head", "model/head/kernel"));
    CHECK(cn_path_search("kernel$", "model/head/kernel"));
    CHECK(!cn_path_search("head$", "model/head/kernel"));
    CHECK(!cn_path_search("tail", "model/head/kernel"));
}

TEST(path_pattern_refuses_what_it_does_not_know)
{
    CHECK(!cn_path_check("(a"));
    check_error("not supported: the pattern '(a'");
    CHECK(!cn_path_check("a{2}"));
    check_error("not supported: the pattern 'a{2}'");
    CHECK(!cn_path_check("*a"));
    check_error("not supported: the pattern '*a'");
    CHECK(!cn_path_check("[a"));
    check_error("not supported: the pattern '[a'");
    CHECK(!cn_path_check("a)"));
    check_error("not supported: the pattern 'a)'");
}
