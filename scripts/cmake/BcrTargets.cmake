# bcr_library(NAME core SOURCES a.cc b.cc DEPS bcr::x fmt...)  -> static library bcr_core, alias bcr::core
function(bcr_library)
  cmake_parse_arguments(A "" "NAME" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(bcr_${A_NAME} STATIC ${A_SOURCES})
  add_library(bcr::${A_NAME} ALIAS bcr_${A_NAME})
  target_link_libraries(bcr_${A_NAME} PUBLIC bcr_options ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS})
endfunction()

# bcr_test(NAME core_test SOURCES a_test.cc DEPS bcr::core LABELS fast)  -> one GoogleTest binary, one ctest entry
function(bcr_test)
  cmake_parse_arguments(A "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 300)
  endif()
  add_executable(${A_NAME} ${A_SOURCES})
  target_link_libraries(${A_NAME} PRIVATE bcr_options ${A_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  # Where the tests lie, for the few that read files: the others compile alike in every checkout.
  foreach(source ${A_SOURCES})
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE file)
    set(uses)
    if(EXISTS ${file})  # others are made by the build
      file(STRINGS ${file} uses REGEX "BCR_TEST_SOURCE_DIR")
    endif()
    if(uses)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS BCR_TEST_SOURCE_DIR="${CMAKE_SOURCE_DIR}/tests")
    endif()
  endforeach()
  add_test(NAME ${A_NAME} COMMAND ${A_NAME})
  set_tests_properties(${A_NAME} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT})
endfunction()

# bcr_embed(TARGET t SYMBOL settings FILES a.json b.json): compiles files into t as
# `const std::vector<bcr::EmbeddedFile>& bcr::embedded::settings()` (harness/core/embedded.h).
function(bcr_embed)
  cmake_parse_arguments(A "" "TARGET;SYMBOL" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${A_SYMBOL}.cc)
  set(absolute)
  foreach(f ${A_FILES})
    cmake_path(ABSOLUTE_PATH f BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND absolute ${f})
  endforeach()
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${A_SYMBOL} "-DFILES=${absolute}"
            -P ${CMAKE_SOURCE_DIR}/scripts/cmake/embed.cmake
    DEPENDS ${absolute} ${CMAKE_SOURCE_DIR}/scripts/cmake/embed.cmake
    VERBATIM)
  target_sources(${A_TARGET} PRIVATE ${out})
endfunction()

# Units of `target` may include <build_stamp.gen.h>, which names this build (see provenance.cmake).
set(BCR_STAMP_DIR ${CMAKE_BINARY_DIR}/build_stamp)
function(bcr_uses_build_stamp target)
  target_include_directories(${target} PRIVATE ${BCR_STAMP_DIR})
  add_dependencies(${target} bcr_provenance)
endfunction()
