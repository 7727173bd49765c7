# Every library that comes from outside. All are Debian packages (see .ci/packages); cpp-httplib is built from
# Debian's source package, because the binary one of bookworm must not face the Internet.

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(glog CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo pangoft2 cairo-pdf fontconfig harfbuzz)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(GDKPIXBUF REQUIRED IMPORTED_TARGET gdk-pixbuf-2.0)
if(BUILD_TESTING)
  find_package(GTest CONFIG REQUIRED)
  find_package(JPEG REQUIRED)
  find_package(PNG REQUIRED)
endif()

# SOCI ships no CMake configuration.
find_library(FSFT_SOCI_CORE soci_core REQUIRED)
find_library(FSFT_SOCI_POSTGRESQL soci_postgresql REQUIRED)
add_library(soci INTERFACE)
target_include_directories(soci SYSTEM INTERFACE /usr/include/postgresql)
target_link_libraries(soci INTERFACE ${FSFT_SOCI_POSTGRESQL} ${FSFT_SOCI_CORE} pq)
