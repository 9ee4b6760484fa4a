# SPDX-License-Identifier: Apache-2.0
# Tokens, POST policies, S3 Express sessions, the key cache and clock skew.
if(FINGERPOST_LUA)
  fgp_add_spec(tokens)
  fgp_add_spec(post_policy)
endif()
