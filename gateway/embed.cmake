# Writes OUTPUT, a C++ file that holds the files of DIRECTORY as WebFiles() of gateway/pages.h.
# cmake -D DIRECTORY=... -D OUTPUT=... -P embed.cmake

file(GLOB names RELATIVE "${DIRECTORY}" "${DIRECTORY}/*")
set(arrays "")
set(table "")
set(number 0)
foreach(name IN LISTS names)
  file(READ "${DIRECTORY}/${name}" bytes HEX)
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
