# Language level, warnings, ccache and the build type used when nobody chose one.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "bcreid needs g++ 12 or newer; found ${CMAKE_CXX_COMPILER_VERSION}. "
                      "Install g++-12 and configure with -DCMAKE_CXX_COMPILER=g++-12.")
endif()

find_program(BCR_CCACHE ccache)
if(BCR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${BCR_CCACHE})
endif()

# One LibTorch unit takes up to 1.5 GB and 15 s: bound how many run at once.
set_property(GLOBAL PROPERTY JOB_POOLS bcr_heavy=2)

add_library(bcr_options INTERFACE)
target_compile_options(bcr_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers -Werror)
target_include_directories(bcr_options INTERFACE ${CMAKE_SOURCE_DIR})
if(BCR_SANITIZE)
  target_compile_options(bcr_options INTERFACE -fsanitize=${BCR_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all
                                               # g++ 12 suspects the standard library's own code then.
                                               $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(bcr_options INTERFACE -fsanitize=${BCR_SANITIZE})
endif()
