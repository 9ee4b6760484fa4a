# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_NGINX)
  foreach(name conf wire gate cache sign tls s3 process examples)
    fgp_add_spec(nginx_${name})
  endforeach()

  add_library(clock_shift MODULE unit/clock_shift.c)
  set_target_properties(clock_shift PROPERTIES PREFIX "" C_VISIBILITY_PRESET default C_EXTENSIONS ON)

  if(EXISTS ${NGINX_SRC}/conf_flags AND NOT FINGERPOST_SANITIZE)
    fgp_add_spec(nginx_build) # another build of the same sources: once is enough
  endif()

  find_program(WRK wrk)
  if(WRK AND NOT FINGERPOST_SANITIZE)
    add_test(NAME bench-nginx-smoke COMMAND ${LUA54} ${PROJECT_SOURCE_DIR}/bench/nginx_bench.lua --smoke)
    set_tests_properties(bench-nginx-smoke PROPERTIES ENVIRONMENT "${FGP_SPEC_ENV}" TIMEOUT 60)
  endif()
endif()
