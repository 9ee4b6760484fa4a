/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.c - what is peculiar in the signing of some services, by signing name.
 *
 * Endpoints say by their auth whether a path is encoded twice; all else no data of
 * AWS's says, so it stands here, and each row says why.
 */
#include "../base/str.h"

#define S3_FAMILY { false, false, true, true } /* a key's "//" and ".." mean themselves */
#define SENDS_HASH { true, true, true, false }

static const struct {
    fgp_str        signing_name;
    fgp_sign_rules rules;
    const char    *why;
} peculiar[] = {
    { FGP_STR("s3"), S3_FAMILY, "S3 API, \"Authenticating requests\"" },
    { FGP_STR("s3-outposts"), S3_FAMILY, "S3 behind another name" },
    { FGP_STR("s3-object-lambda"), S3_FAMILY, "S3 behind another name" },
    { FGP_STR("s3express"), S3_FAMILY, "S3 behind another name" },
    { FGP_STR("glacier"), SENDS_HASH, "Glacier API, \"Signing requests\": the hash is required" },
    { FGP_STR("aoss"), SENDS_HASH, "OpenSearch Serverless refuses requests without it" },
    { FGP_STR("vpc-lattice-svcs"), SENDS_HASH, "VPC Lattice refuses requests without it" },
};

fgp_sign_rules fgp_sign_rules_for(fgp_str signing_name)
{
    for (size_t i = 0; i < sizeof peculiar / sizeof peculiar[0]; i++)
        if (fgp_str_eq(signing_name, peculiar[i].signing_name))
            return peculiar[i].rules;
    return (fgp_sign_rules){ .normalize = true, .double_encode = true };
}
