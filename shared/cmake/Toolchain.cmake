# How everything is compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(FSFT_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=; empty for none")
option(FSFT_ASSERTIONS "Keep assert() in optimised builds" OFF)
if(FSFT_ASSERTIONS)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
endif()
# Line tables are what a stack trace needs; full debug information triples the time to link.
string(REPLACE "-g" "-g1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")

# What is shipped is what the tests ran, without the assertions. The line tables are for `make profile`, and for whoever
# reads a stack trace of production.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

if(FSFT_SANITIZE)
  add_compile_options(-fsanitize=${FSFT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FSFT_SANITIZE})
endif()

# tests/fuzz: everything tells libFuzzer which way it went.
option(FSFT_FUZZ "Build the fuzz targets; needs clang" OFF)
if(FSFT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(FSFT_CCACHE ccache)
if(FSFT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${FSFT_CCACHE}")
endif()
find_program(FSFT_MOLD mold)
if(FSFT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,--as-needed)

# Our own code is held to this; generated and third-party code is not.
set(FSFT_WARNINGS -Wall -Wextra -Werror)
