# Writes OUTPUT, a C++ file that holds the files of DIRECTORIES as WebFiles() of gateway/pages.h.
# cmake -D "DIRECTORIES=...|..." -D OUTPUT=... -P embed.cmake

string(REPLACE "|" ";" DIRECTORIES "${DIRECTORIES}")
set(paths "")
foreach(directory IN LISTS DIRECTORIES)
  file(GLOB found "${directory}/*")
  list(APPEND paths ${found})
endforeach()
set(arrays "")
set(table "")
set(number 0)
foreach(path IN LISTS paths)
  cmake_path(GET path FILENAME name)
  file(READ "${path}" bytes HEX)
  # Bytes, not string literals: nothing to escape, and no limit on a literal's length.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char kFile${number}[] = {${bytes}};\n")
  string(APPEND table "    {\"${name}\", {kFile${number}, sizeof(kFile${number})}},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}" "#include \"gateway/pages.h\"

namespace fsft::gateway {
namespace {

${arrays}
constexpr WebFile kFiles[] = {
${table}};

}  // namespace

std::span<const WebFile> WebFiles() { return kFiles; }

}  // namespace fsft::gateway
")
