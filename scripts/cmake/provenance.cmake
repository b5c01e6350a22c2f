# Writes OUT: the C++ unit behind bcr::GetBuildInfo(). Without git, outside a checkout, or before the first commit the
# revision is "unknown". And STAMP: a header with the same as one text, which program and libraries compare
# (harness/app/library.h). Arguments: OUT STAMP SOURCE_DIR VERSION COMPILER FLAGS BUILD_TYPE.
set(revision unknown)
set(modified false)

function(run_git output status)
  execute_process(COMMAND ${GIT} --no-optional-locks -C ${SOURCE_DIR} ${ARGN}
                  OUTPUT_VARIABLE out ERROR_QUIET RESULT_VARIABLE result OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${output} "${out}" PARENT_SCOPE)
  set(${status} "${result}" PARENT_SCOPE)
endfunction()

find_program(GIT git NO_CACHE)
if(GIT)
  # An unpacked archive inside somebody else's repository is no checkout of ours.
  run_git(prefix failed rev-parse --show-prefix)
  if(NOT failed AND prefix STREQUAL "")
    run_git(head failed rev-parse --verify HEAD)
    if(NOT failed)
      set(revision ${head})
    endif()
    # Only what is compiled or embedded counts: a results folder in the checkout modifies nothing.
    run_git(changes failed status --porcelain -- CMakeLists.txt harness methods protocols datasets reports scripts)
    if(NOT failed AND NOT changes STREQUAL "")
      set(modified true)
    endif()
  endif()
endif()

set(text "#include \"harness/core/provenance.h\"

namespace bcr {

const BuildInfo& GetBuildInfo() {
  static const BuildInfo info = {
      R\"BCR(${VERSION})BCR\", R\"BCR(${revision})BCR\", R\"BCR(${COMPILER})BCR\",
      R\"BCR(${FLAGS})BCR\", R\"BCR(${BUILD_TYPE})BCR\", ${modified}};
  return info;
}

}  // namespace bcr
")
function(write_changed file content)
  set(old "")
  if(EXISTS ${file})
    file(READ ${file} old)
  endif()
  if(NOT old STREQUAL content)
    file(WRITE ${file} "${content}")
  endif()
endfunction()
write_changed(${OUT} "${text}")
if(modified)
  string(APPEND revision " modified")
endif()
write_changed(${STAMP} "#pragma once
#define BCR_BUILD_STAMP R\"BCR(${VERSION} ${revision}, ${COMPILER} ${FLAGS}, ${BUILD_TYPE})BCR\"
")
