/* SPDX-License-Identifier: Apache-2.0 */
/* payload.c - the list of those words. Spec: S3 API, "x-amz-content-sha256". */
#include "payload.h"

static const fgp_str words[] = {
    [FGP_PAYLOAD_UNSIGNED] = FGP_STR("UNSIGNED-PAYLOAD"),
    [FGP_PAYLOAD_CHUNKS] = FGP_STR("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    [FGP_PAYLOAD_CHUNKS_TRAILER] = FGP_STR("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
    [FGP_PAYLOAD_UNSIGNED_TRAILER] = FGP_STR("STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
    [FGP_PAYLOAD_EVENTS] = FGP_STR("STREAMING-AWS4-HMAC-SHA256-EVENTS"),
    [FGP_PAYLOAD_ECDSA_CHUNKS] = FGP_STR("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),
    [FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER] = FGP_STR("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"),
};

#define NWORDS (sizeof words / sizeof words[0])

fgp_str fgp_payload_word(fgp_payload_kind kind)
{
    return (size_t)kind < NWORDS ? words[kind] : (fgp_str){ NULL, 0 };
}

bool fgp_payload_find(fgp_str word, fgp_payload_kind *kind)
{
    for (size_t i = 0; i < NWORDS; i++) {
        if (word.len != 0 && fgp_str_eq(word, words[i])) {
            *kind = (fgp_payload_kind)i;
            return true;
        }
    }
    return false;
}
