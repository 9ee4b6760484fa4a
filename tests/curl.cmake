# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_CURL)
  fgp_add_spec(cli)
  fgp_add_spec(curl)
  fgp_add_spec(curl_servers)
  fgp_add_spec(curl_package)
  fgp_add_spec(cli_stream)

  find_package(CURL REQUIRED)
  find_package(Threads REQUIRED)

  # What curl_spec looks at on the wire: a program that uses the shared library.
  add_executable(curl_probe unit/curl_probe.c)
  target_link_libraries(curl_probe PRIVATE fingerpost_curl fgp_flags Threads::Threads)

  foreach(example get put multi)
    add_executable(example_curl_${example} ${PROJECT_SOURCE_DIR}/examples/curl/${example}.c)
    target_link_libraries(example_curl_${example} PRIVATE fingerpost_curl fgp_flags)
  endforeach()
endif()
