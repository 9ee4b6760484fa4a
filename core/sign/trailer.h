/* SPDX-License-Identifier: Apache-2.0 */
/* trailer.h - the trailers of a body in chunks, to be sent or received. */
#ifndef FGP_TRAILER_H
#define FGP_TRAILER_H

#include "../base/out.h"

#define FGP_TRAILER_SIGNATURE "x-amz-trailer-signature"

/*
 * Takes those that |body| is to be sent with; of its checksum the value is a NULL of
 * the right length. FGP_OK or FGP_ERR_BAD_TRAILER.
 */
fgp_status fgp_trailers_take(fgp_trailers *t, const fgp_chunked *body, fgp_error *err);

/* Puts |one| at its place; false where there is one of that name, or no room. */
bool fgp_trailers_add(fgp_trailers *t, fgp_header one);

/* NULL where |value| can be sent, or what is wrong with it. */
const char *fgp_trailer_fault(fgp_str value);

size_t fgp_trailers_len(const fgp_trailers *t); /* bytes that fgp_put_trailers() puts, with "\r\n" */

/* Puts a line for each, names in lower case: with "\r\n" to be sent, with "\n" to be signed. */
void fgp_put_trailers(fgp_out *out, const fgp_trailers *t, fgp_str line_end);

void fgp_put_trailer_names(fgp_out *out, const fgp_trailers *t); /* "a,b" */

/*
 * Reads body->declared, a received x-amz-trailer: how many names it has, *n, and which
 * checksum is among them, *checksum. FGP_OK or FGP_ERR_BAD_TRAILER.
 */
fgp_status fgp_trailers_declared(const fgp_chunked *body, size_t *n, fgp_checksum_kind *checksum,
                                 fgp_error *err);

bool fgp_trailer_is_declared(fgp_str declared, fgp_str name);

#endif
