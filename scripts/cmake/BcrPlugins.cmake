# bcr_plugins(TARGET t KIND objective TYPE ObjectiveInfo HEADER harness/train/objective.h NAMES bct l2 ...)
# Generates `std::vector<const TYPE*> bcr::KIND_table()`, which calls `KIND_<name>()` for each name. Every plug-in file
# defines `const TYPE& KIND_<name>()` in namespace bcr. A missing function fails at link; the order is the list's order.
# Self-registering statics are not used: the linker drops them from static libraries.
function(bcr_plugins)
  cmake_parse_arguments(A "" "TARGET;KIND;TYPE;HEADER" "NAMES" ${ARGN})
  set(decl "")
  set(list "")
  foreach(n ${A_NAMES})
    string(REPLACE "-" "_" id ${n})
    string(APPEND decl "const ${A_TYPE}& ${A_KIND}_${id}();\n")
    string(APPEND list "      &${A_KIND}_${id}(),\n")
  endforeach()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${A_KIND}_table.cc)
  file(CONFIGURE OUTPUT ${out} CONTENT "#include \"${A_HEADER}\"

namespace bcr {
${decl}
std::vector<const ${A_TYPE}*> ${A_KIND}_table() {
  return {
${list}  };
}
}  // namespace bcr
" @ONLY)
  target_sources(${A_TARGET} PRIVATE ${out})
endfunction()
