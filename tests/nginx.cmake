# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_NGINX)
  fgp_add_spec(nginx_conf)
endif()
