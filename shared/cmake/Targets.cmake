# The kinds of targets. Include paths start at the top of the tree: #include "shared/db/database.h".

# fsft_library(NAME SOURCES a.cc b.cc DEPS x y)
function(fsft_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_compile_options(${name} PRIVATE ${FSFT_WARNINGS})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

# fsft_program(NAME SOURCES main.cc DEPS x)
function(fsft_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE ${FSFT_WARNINGS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()

# fsft_test(NAME SOURCES a_test.cc DEPS x [DATABASE] [TIMEOUT s]): one program, one line of ctest. With DATABASE it runs
# while the tests' PostgreSQL cluster is up, and finds it in FSFT_TEST_CLUSTER.
function(fsft_test name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(ARG "DATABASE" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE ${FSFT_WARNINGS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${name})
  # Only to end one that hangs: beside others on two cores a test of the database takes its time.
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS unit)
  if(ARG_DATABASE)
    target_link_libraries(${name} PRIVATE fsft_test_database)
    add_dependencies(${name} registry) # loads the cities into the cluster
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED test_cluster
      ENVIRONMENT "FSFT_TEST_CLUSTER=${CMAKE_BINARY_DIR}/test-cluster/url")
  endif()
endfunction()

# fsft_statements(SERVICE [OUTBOX] [SERVER_GAUGES]): a source of the library fsft_SERVICE, made from its *_sql.h, that lists
# every statement in them, so that none is forgotten, and those that the service has from shared/.
function(fsft_statements service)
  cmake_parse_arguments(ARG "OUTBOX;SERVER_GAUGES" "" "" ${ARGN})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_sql.h")
  # The cities' loader is a program of its own, with another role.
  list(FILTER headers EXCLUDE REGEX "/registry/")
  list(JOIN headers "|" listed)
  set(script "${PROJECT_SOURCE_DIR}/shared/db/list_statements.cmake")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/statements.cc")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -D "SERVICE=${service}" -D "HEADERS=${listed}" -D "OUTBOX=${ARG_OUTBOX}"
            -D "SERVER_GAUGES=${ARG_SERVER_GAUGES}" -D "ROOT=${PROJECT_SOURCE_DIR}" -D "OUTPUT=${output}" -P "${script}"
    DEPENDS ${headers} "${script}"
    VERBATIM)
  target_sources(fsft_${service} PRIVATE "${output}")
endfunction()
