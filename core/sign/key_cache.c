/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_cache.c - signing keys in the caller's memory, for any number of threads.
 *
 * Each slot has a lock that counts: odd while somebody changes the slot, and higher by
 * two after. Who reads copies the slot and looks at the lock before and after; who
 * changes must first make the number odd, and does without the cache where another was
 * quicker. Nobody waits, so a process that is killed half-way costs one slot and no
 * more. All that is shared is read and written as atomic words: a copy that is torn is
 * thrown away, and is no data race in C's eyes.
 *
 * A word is stored with release and loaded with acquire order. So who has seen any new
 * word sees the odd number, too, and needs no fence.
 */
#include "key.h"
#include "../base/str.h"

#define WAYS 4 /* slots in which a key may be */

/* What a slot holds; as words, word[]. */
typedef struct entry {
    uint64_t        generation, day; /* since 1970, from 1; 0 is an empty slot */
    uint64_t        region_len;
    fgp_signing_key key;
} entry;

enum { GENERATION, DAY }; /* places in word[] */

#define NWORDS (sizeof((fgp_key_slot *)0)->word / sizeof(uint64_t))

_Static_assert(sizeof(entry) <= NWORDS * sizeof(uint64_t), "a slot has room for an entry");

static uint64_t load(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* ---- one slot --------------------------------------------------------- */

/* Whether |e| is a copy of what stood in |slot| at one time. */
static bool copy_out(const fgp_key_slot *slot, entry *e)
{
    uint64_t before = load(&slot->lock);
    uint64_t word[NWORDS];
    bool     whole;

    if (before & 1)
        return false;
    for (size_t i = 0; i < NWORDS; i++)
        word[i] = load(&slot->word[i]);
    whole = load(&slot->lock) == before;
    if (whole)
        memcpy(e, word, sizeof *e);
    fgp_wipe(word, sizeof word);
    return whole;
}

static bool take_lock(fgp_key_slot *slot, uint64_t *before)
{
    *before = load(&slot->lock);
    return !(*before & 1) &&
           __atomic_compare_exchange_n(&slot->lock, before, *before + 1, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static void store(fgp_key_slot *slot, const uint64_t word[NWORDS])
{
    for (size_t i = 0; i < NWORDS; i++)
        __atomic_store_n(&slot->word[i], word[i], __ATOMIC_RELEASE);
}

static void copy_in(fgp_key_slot *slot, const entry *e)
{
    uint64_t before, word[NWORDS] = { 0 };

    if (!take_lock(slot, &before))
        return;
    memcpy(word, e, sizeof *e);
    store(slot, word);
    __atomic_store_n(&slot->lock, before + 2, __ATOMIC_RELEASE);
    fgp_wipe(word, sizeof word);
}

typedef bool is_unwanted(const fgp_key_slot *slot, uint64_t what);

/* Empties |slot| if it is unwanted, as it was found or as it is once it is locked. */
static void empty(fgp_key_slot *slot, is_unwanted *unwanted, uint64_t what)
{
    static const uint64_t zeros[NWORDS] = { 0 };
    uint64_t              before;

    if (load(&slot->word[DAY]) == 0 || !unwanted(slot, what) || !take_lock(slot, &before))
        return;
    if (unwanted(slot, what))
        store(slot, zeros);
    __atomic_store_n(&slot->lock, before + 2, __ATOMIC_RELEASE);
}

static bool is_of_generation(const fgp_key_slot *slot, uint64_t generation)
{
    return load(&slot->word[GENERATION]) == generation;
}

static bool is_past(const fgp_key_slot *slot, uint64_t today)
{
    uint64_t day = load(&slot->word[DAY]);

    return day + 1 < today || day > today + 1;
}

/* ---- which one -------------------------------------------------------- */

/* Compared part by part: none can be taken for another's end. */
static bool is_for(const entry *e, const fgp_key_for *which, uint64_t day)
{
    const char *scope = e->key.scope;
    size_t      at = FGP_DAY_LEN + 1, rest;

    if (e->generation != which->generation || e->day != day ||
        e->region_len != which->region.len || e->key.scope_len < at + which->region.len)
        return false;
    rest = e->key.scope_len - at - which->region.len;
    return fgp_str_eq((fgp_str){ scope + at, which->region.len }, which->region) &&
           rest == which->service.len + sizeof "//aws4_request" - 1 &&
           fgp_str_eq((fgp_str){ scope + at + which->region.len + 1, which->service.len },
                      which->service);
}

static uint64_t mix(uint64_t h, fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return (h ^ s.len) * UINT64_C(0x100000001b3);
}

/* The first of the slots in which the key may be. Days that follow each other have
 * places of their own. */
static size_t place_of(const fgp_key_cache *cache, const fgp_key_for *which, uint64_t day)
{
    uint64_t h = mix(mix(UINT64_C(0xcbf29ce484222325) ^ which->generation, which->region),
                     which->service);

    return (size_t)((h ^ h >> 32) + WAYS * day) % cache->nslots;
}

static fgp_key_slot *nth(const fgp_key_cache *cache, size_t place, size_t way)
{
    return &cache->slot[(place + way) % cache->nslots];
}

/* An empty slot; else the one that was changed least, so that they take turns. */
static fgp_key_slot *room_for(const fgp_key_cache *cache, size_t place)
{
    fgp_key_slot *best = nth(cache, place, 0);

    for (size_t way = 0; way < WAYS; way++) {
        fgp_key_slot *slot = nth(cache, place, way);

        if (load(&slot->word[DAY]) == 0)
            return slot;
        if (load(&slot->lock) < load(&best->lock))
            best = slot;
    }
    return best;
}

static fgp_status derive(fgp_key_cache *cache, const fgp_key_for *which, int64_t now, entry *e,
                         fgp_error *err)
{
    fgp_status s = fgp_signing_key_init(&e->key, which->secret_access_key, now, which->region,
                                        which->service, err);

    if (s != FGP_OK)
        return s;
    e->generation = which->generation;
    e->day = (uint64_t)now / 86400 + 1;
    e->region_len = which->region.len;
    for (size_t i = 0; i < cache->nslots; i++)
        empty(&cache->slot[i], is_past, e->day);
    copy_in(room_for(cache, place_of(cache, which, e->day)), e);
    return FGP_OK;
}

fgp_status fgp_key_cache_get(fgp_key_cache *cache, const fgp_key_for *which, int64_t now,
                             fgp_signing_key *key, fgp_error *err)
{
    uint64_t   day = fgp_time_ok(now) ? (uint64_t)now / 86400 + 1 : 0;
    size_t     place = place_of(cache, which, day);
    fgp_status s = FGP_OK;
    bool       found = false;
    entry      e;

    for (size_t way = 0; day != 0 && way < WAYS && !found; way++)
        found = copy_out(nth(cache, place, way), &e) && is_for(&e, which, day);
    if (!found)
        s = derive(cache, which, now, &e, err);
    *key = e.key;
    fgp_wipe(&e, sizeof e);
    return s;
}

void fgp_key_cache_drop(fgp_key_cache *cache, uint64_t generation)
{
    for (size_t i = 0; i < cache->nslots; i++)
        empty(&cache->slot[i], is_of_generation, generation);
}
