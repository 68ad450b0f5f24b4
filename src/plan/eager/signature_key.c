#include "plan/eager/signature_key.h"

#include <string.h>

#include "base/alloc.h"

void *cn_sig_copy(const void *items, size_t n, size_t size)
{
    void *copy = cn_mem_calloc(n, size);
    if (copy && n)
        memcpy(copy, items, n * size);
    return copy;
}

bool cn_sig_key_make(cn_sig_key *key, const cn_signature *sig)
{
    uint64_t *words = cn_sig_copy(sig->words, sig->n_words, sizeof *words);
    if (words)
        *key = (cn_sig_key){sig->hash, words, sig->n_words};
    return words;
}

bool cn_sig_key_is(const cn_sig_key *key, const cn_signature *sig)
{
    return key->words && key->hash == sig->hash && key->n_words == sig->n_words &&
           !memcmp(key->words, sig->words, sig->n_words * sizeof *sig->words);
}

void cn_sig_key_free(cn_sig_key *key)
{
    cn_mem_free(key->words);
    *key = (cn_sig_key){0};
}

bool cn_sig_met(uint64_t *hashes, size_t n, size_t *next, uint64_t hash)
{
    for (size_t i = 0; i < n; i++)
        if (hashes[i] == hash)
            return true;
    hashes[(*next)++ % n] = hash;
    return false;
}
