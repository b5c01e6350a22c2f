# Writes OUT: the C++ unit behind bcr::GetBuildInfo(). Without git, outside a checkout, or before the first commit the
# revision is "unknown". Arguments: OUT SOURCE_DIR VERSION COMPILER FLAGS BUILD_TYPE.
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
set(old "")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
