# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_LUA)
  fgp_add_spec(suite)
endif()
