#include "config/shape_json.h"

#include "base/error.h"

bool cn_shape_of_json(const cn_json *list, cn_shape *shape)
{
    *shape = CN_SCALAR;
    if (!cn_json_is(list, CN_JSON_LIST) || list->count > CN_MAX_RANK)
        return cn_fail(CN_EFORMAT, "expected a shape of at most %d sizes", CN_MAX_RANK);
    for (size_t i = 0; i < list->count; i++) {
        int64_t dim = cn_json_as_int(list->items[i], CN_ANY);
        if (dim < CN_ANY)
            return cn_fail(CN_EFORMAT, "expected a shape without negative sizes");
        shape->dim[shape->rank++] = dim;
    }
    return true;
}

cn_json *cn_shape_to_json_(const cn_shape *shape)
{
    cn_json *list = cn_json_list();
    for (int i = 0; i < shape->rank; i++)
        if (!cn_json_add(list, shape->dim[i] < 0 ? cn_json_null() : cn_json_int(shape->dim[i]))) {
            cn_json_free(list);
            return NULL;
        }
    return list;
}
