/* What is kept of a signature, so that its like is known when it comes again. */
#ifndef CN_PLAN_SIGNATURE_KEY_H
#define CN_PLAN_SIGNATURE_KEY_H

#include "plan/eager/signature.h"

typedef struct cn_sig_key {
    uint64_t hash, *words; /* owned */
    size_t n_words;
} cn_sig_key;

/* A copy into an empty key. False: no memory. */
bool cn_sig_key_make(cn_sig_key *key, const cn_signature *sig);
/* Words are compared whole; the hash only sorts out the others. */
bool cn_sig_key_is(const cn_sig_key *key, const cn_signature *sig);
void cn_sig_key_free(cn_sig_key *key); /* leaves it empty */
/* `n` things of `size` bytes, in memory of their own. NULL: no memory. */
void *cn_sig_copy(const void *items, size_t n, size_t size);

/* Has `hash` been noted among the last `n`? If not, it is now: what is met for the first time may
 * never come again, and nothing is kept for it. */
bool cn_sig_met(uint64_t *hashes, size_t n, size_t *next, uint64_t hash);

#endif
