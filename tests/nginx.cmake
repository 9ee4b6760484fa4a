# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_NGINX)
  foreach(name conf wire gate cache sign tls s3 examples)
    fgp_add_spec(nginx_${name})
  endforeach()
endif()
