# SPDX-License-Identifier: Apache-2.0
fgp_add_spec(servers)
fgp_add_spec(house)
fgp_add_spec(update_endpoints)
if(FINGERPOST_LUA AND FINGERPOST_CURL AND FINGERPOST_NGINX)
  fgp_add_spec(readme)
endif()

# The public headers are C99 and C++: types and prototypes, nothing that only we compile.
find_program(CXX g++ NAMES g++ clang++ c++)
foreach(header core/fingerpost.h plugins/curl/fingerpost_curl.h)
  get_filename_component(name ${header} NAME_WE)
  set(options -fsyntax-only -Wall -Wextra -Wpedantic -Werror -I${PROJECT_SOURCE_DIR}/core)
  add_test(NAME house-${name}-c99
           COMMAND ${CMAKE_C_COMPILER} -x c -std=c99 ${options} ${PROJECT_SOURCE_DIR}/${header})
  add_test(NAME house-${name}-c++
           COMMAND ${CXX} -x c++ -std=c++11 ${options} ${PROJECT_SOURCE_DIR}/${header})
endforeach()
