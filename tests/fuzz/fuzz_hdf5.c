/* The HDF5 reader against bytes of any kind: opens, walks and reads everything, and lays the tree
 * out again.
 *
 *     build/fuzz_hdf5 new_inputs tests/fuzz/corpus/hdf5 tests/data/hdf5 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/hdf5.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void read_value(const cn_h5_value *value)
{
    cn_h5_strings strings;
    if (cn_h5_strings_read(value, &strings))
        cn_h5_strings_free(&strings);
    cn_mem_free(cn_h5_text(value));
    int64_t whole;
    double number;
    cn_h5_int(value, &whole);
    cn_h5_double(value, &number);
    size_t size = cn_h5_kind_size(value->kind);
    void *copy = size ? malloc(value->count * size + 1) : NULL;
    if (copy)
        cn_h5_copy(value, copy);
    free(copy);
}

static void read_node(const cn_h5_node *root, const cn_h5_node *node)
{
    cn_h5_strings names;
    char *path = cn_h5_path(node);
    if (path && cn_h5_find(root, path) != node)
        abort();
    cn_mem_free(path);
    if (!node->is_group)
        read_value(&node->value);
    for (size_t i = 0; i < node->attribute_count; i++)
        read_value(&node->attributes[i].value);
    if (cn_h5_names(node, "layer_names", &names))
        cn_h5_strings_free(&names);
    for (size_t i = 0; i < node->count; i++)
        read_node(root, node->children[i]);
}

static bool count(void *context, const void *bytes, size_t n)
{
    *(uint64_t *)context += n;
    return n == 0 || bytes != NULL;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    cn_h5_node *root = cn_h5_open(data, size);
    if (!root && cn_error_code() != CN_EFORMAT && cn_error_code() != CN_EUNSUPPORTED)
        abort();
    if (root) {
        read_node(root, root);
        cn_clear_error();
        cn_h5_image *image = cn_h5_image_new(root);
        uint64_t written = 0;
        if (image &&
            (!cn_h5_image_write(image, count, &written) || written != cn_h5_image_size(image)))
            abort();
        cn_h5_image_free(image);
    }
    cn_h5_free(root);
    cn_clear_error();
    return 0;
}
