/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums: published values, the table against the CPU's product, pieces. */
#include "vector.h"

#include "base/crc.h"

static const struct row {
    const char       *name;
    fgp_checksum_kind kind;
    const char       *bytes; /* as a vector has them */
    const char       *base64;
} rows[] = {
    /* the catalogue's check value of each, over these nine digits */
    { "CRC-32", FGP_CHECKSUM_CRC32, "123456789", "y/Q5Jg==" },
    { "CRC-32C", FGP_CHECKSUM_CRC32C, "123456789", "4waSgw==" },
    { "CRC-64/NVME", FGP_CHECKSUM_CRC64NVME, "123456789", "rosUhgp5mIg=" },
    /* RFC 3720, B.4 */
    { "CRC-32C, zeros", FGP_CHECKSUM_CRC32C, "{\\0*32}", "ipE2qg==" },
    { "CRC-32C, ones", FGP_CHECKSUM_CRC32C, "{\\1*32}", "YqirQw==" },
    { "CRC-32C, up", FGP_CHECKSUM_CRC32C,
      "\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\x09\\x0a\\x0b\\x0c\\x0d\\x0e\\x0f"
      "\\x10\\x11\\x12\\x13\\x14\\x15\\x16\\x17\\x18\\x19\\x1a\\x1b\\x1c\\x1d\\x1e\\x1f",
      "Rt15Tg==" },
    /* the S3 API reference's example of a trailer */
    { "CRC-32C, S3", FGP_CHECKSUM_CRC32C, "{a*66560}", "sOO8/Q==" },
    /* NVM Command Set 1.0, figure 99 */
    { "CRC-64/NVME, zeros", FGP_CHECKSUM_CRC64NVME, "{\\0*4096}", "ZILTZ+sitk4=" },
    { "CRC-64/NVME, ones", FGP_CHECKSUM_CRC64NVME, "{\\1*4096}", "wN26cwLso6w=" },
    /* FIPS 180-4's examples */
    { "SHA-1", FGP_CHECKSUM_SHA1, "abc", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=" },
    { "SHA-256", FGP_CHECKSUM_SHA256, "abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" },
    { "SHA-256 of nothing", FGP_CHECKSUM_SHA256, "",
      "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
    { "CRC-32 of nothing", FGP_CHECKSUM_CRC32, "", "AAAAAA==" },
};

#define NROWS (sizeof rows / sizeof rows[0])

/* The bytes of |row|: {\0*N} and {\1*N} are runs of 0x00 and of 0xff. */
static fgp_str bytes_of(const struct row *row)
{
    unsigned kind, n;
    char    *run;

    if (sscanf(row->bytes, "{\\%u*%u}", &kind, &n) != 2)
        return vector_bytes(text(row->bytes));
    run = malloc(n);
    memset(run, kind ? 0xff : 0, n);
    return (fgp_str){ run, n };
}

/* In pieces of all sizes. */
static void is(void **state)
{
    const struct row *row = *state;
    fgp_str           bytes = bytes_of(row);

    for (size_t piece = 1; piece < 300; piece++) {
        char         room[64];
        fgp_out      out = { room, sizeof room, 0, NULL };
        fgp_checksum c;

        fgp_checksum_init(&c, row->kind);
        for (size_t at = 0; at < bytes.len; at += piece) {
            size_t left = bytes.len - at;

            fgp_checksum_add(&c, (fgp_str){ bytes.ptr + at, left < piece ? left : piece });
        }
        assert_int_equal(FGP_OK, fgp_put_checksum(&out, &c));
        same((fgp_str){ room, out.need }, text(row->base64));
    }
    free((void *)(uintptr_t)bytes.ptr);
}

/* Bit by bit, as the definition has it. */
static uint64_t slow_crc(const fgp_crc_kind *kind, const char *p, size_t n)
{
    static const uint64_t polynomial[] = { 0xedb88320, 0x82f63b78, 0x9a6c9329ac4bc9b5 };
    uint64_t              ones = UINT64_MAX >> (64 - kind->bits), reg = ones;

    for (size_t i = 0; i < n; i++) {
        reg ^= (unsigned char)p[i];
        for (int bit = 0; bit < 8; bit++)
            reg = reg >> 1 ^ (reg & 1 ? polynomial[kind - fgp_crc_kinds] : 0);
    }
    return reg ^ ones;
}

/* The table alone, and the CPU's product where it has one, over all lengths and
 * alignments that matter. */
static void both_ways(void **state)
{
    static char bytes[1300];
    uint32_t    x = 1;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
    for (size_t k = 0; k < 3; k++) {
        const fgp_crc_kind *kind = &fgp_crc_kinds[k];
        uint64_t            ones = UINT64_MAX >> (64 - kind->bits);

        for (size_t n = 0; n < 600; n++) {
            const char *p = bytes + n % 17;
            uint64_t    want = slow_crc(kind, p, n);

            assert_true(want == fgp_crc(kind, 0, (fgp_str){ p, n }));
            assert_true(want == (fgp_crc_by_table(kind, ones, p, n) ^ ones));
            assert_true(slow_crc(kind, p, 2 * n) == fgp_crc(kind, want, (fgp_str){ p + n, n }));
        }
    }
}

static void names(void **state)
{
    static const char *const upper[] = { "", "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256" };

    (void)state;
    for (int kind = FGP_CHECKSUM_CRC32; kind <= FGP_CHECKSUM_SHA256; kind++) {
        assert_int_equal(kind, fgp_checksum_find(fgp_checksum_header((fgp_checksum_kind)kind)));
        assert_int_equal(kind, fgp_checksum_find(text(upper[kind])));
    }
    same(fgp_checksum_header(FGP_CHECKSUM_CRC32C), text("x-amz-checksum-crc32c"));
    assert_int_equal(FGP_CHECKSUM_SHA1, fgp_checksum_find(text("X-Amz-Checksum-SHA1")));
    assert_int_equal(FGP_CHECKSUM_NONE, fgp_checksum_find(text("")));
    assert_int_equal(FGP_CHECKSUM_NONE, fgp_checksum_find(text("x-amz-checksum-")));
    assert_int_equal(FGP_CHECKSUM_NONE, fgp_checksum_find(text("md5")));
    assert_int_equal(0, fgp_checksum_header(FGP_CHECKSUM_NONE).len);
    assert_int_equal(0, fgp_checksum_header((fgp_checksum_kind)99).len);
}

int main(void)
{
    struct CMUnitTest tests[NROWS + 2] = { cmocka_unit_test(both_ways), cmocka_unit_test(names) };

    for (size_t i = 0; i < NROWS; i++)
        tests[i + 2] = (struct CMUnitTest){ rows[i].name, is, NULL, NULL,
                                            (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
