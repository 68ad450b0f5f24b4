#include "base/object.h"

#include "base/test.h"

static bool holds(const cn_list *list, void *const *items, size_t count)
{
    bool same = cn_list_length(list) == count;
    for (size_t i = 0; same && i < count; i++)
        same = cn_list_item(list, i) == items[i];
    return same;
}

TEST(list_add_all)
{
    CN_SCOPE {
        void *items[] = {cn_list_new(), cn_list_new(), cn_list_new(), NULL, cn_list_new()};
        cn_list *list = cn_list_of(items[0]);
        CHECK(cn_list_add_all(list, items + 1, 2) && holds(list, items, 3));
        CHECK(cn_list_add_all(list, NULL, 0) && holds(list, items, 3));
        CHECK(!cn_list_add_all(NULL, items, 1) && !cn_list_add_all(NULL, NULL, 0));
        cn_list_cut(list, 1);
        CHECK(!cn_list_add_all(list, items + 1, 4) && holds(list, items, 3)); /* up to the NULL */
        CHECK(!cn_list_make(items, 5) && holds(cn_list_make(items, 3), items, 3));
        CHECK(holds(cn_list_concat(cn_list_make(items, 1), cn_list_make(items + 1, 2)), items, 3));
        CHECK(!cn_list_concat(list, NULL) && !cn_list_concat(NULL, list));
        CHECK(holds(cn_list_concat(cn_list_new(), cn_list_new()), items, 0));
    }
}

/* What is added is held: it outlives the scope in which it was made. */
TEST(list_add_all_holds)
{
    CN_SCOPE {
        cn_list *list = cn_list_new();
        cn_scope_begin();
        void *inner = cn_list_of(list), *items[] = {inner, inner};
        CHECK(cn_list_add_all(list, items, 2));
        cn_scope_end();
        REQUIRE(cn_list_length(list) == 2 && cn_list_item(list, 1) == inner);
        CHECK(cn_list_item(inner, 0) == list);
        cn_list_cut(list, 0);
    }
}
