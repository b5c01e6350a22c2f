# LibTorch as an imported target of our own. The wheel's find_package(Torch) insists on the CUDA toolkit it was built
# with, and libtorch.so drags in libtorch_cuda.so; two libraries and two include folders serve CPU and GPU machines.
find_path(TORCH_INCLUDE torch/torch.h PATH_SUFFIXES torch/include/torch/csrc/api/include include/torch/csrc/api/include)
find_library(TORCH_CPU_LIBRARY torch_cpu PATH_SUFFIXES torch/lib lib)
find_library(TORCH_C10_LIBRARY c10 PATH_SUFFIXES torch/lib lib)
if(NOT TORCH_INCLUDE OR NOT TORCH_CPU_LIBRARY OR NOT TORCH_C10_LIBRARY)
  message(FATAL_ERROR "LibTorch was not found. ./scripts/bcreid fetches it; by hand: "
                      "pip install --target DIR --no-deps torch==2.11.0 nvidia-cuda-runtime==13.0.96 "
                      "nvidia-cuda-cupti==13.0.85, then pass -DCMAKE_PREFIX_PATH=DIR (a folder with torch/ in it, or "
                      "an unpacked LibTorch). Without LibTorch: -DBCR_WITH_TORCH=OFF scores and reports.")
endif()
get_filename_component(torch_api ${TORCH_INCLUDE} REALPATH)
get_filename_component(torch_root "${torch_api}/../../../.." ABSOLUTE)
get_filename_component(torch_lib ${TORCH_CPU_LIBRARY} DIRECTORY)

# LibTorch's headers hold fmt 12, which would shadow the system's in mixed units: put the system's in front. No prefix
# path is searched: a LibTorch named there has an include/fmt too.
get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
find_path(BCR_FMT_DIR fmt/core.h HINTS ${fmt_include} NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/fmt_first)
file(CREATE_LINK ${BCR_FMT_DIR}/fmt ${CMAKE_BINARY_DIR}/fmt_first/fmt SYMBOLIC)

add_library(bcr_torch INTERFACE)
target_include_directories(bcr_torch SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/fmt_first ${torch_root} ${TORCH_INCLUDE})
# By -L and -l, not by path: CMake would warn that the wheel's libgomp.so.1 lies beside them (one is loaded: same SONAME).
target_link_libraries(bcr_torch INTERFACE -L${torch_lib} -ltorch_cpu -lc10 OpenMP::OpenMP_CXX)
target_link_options(bcr_torch INTERFACE -Wl,-rpath,${torch_lib})
foreach(dir ${torch_lib}/../../nvidia/cu13/lib ${torch_lib}/../../nvidia/cuda_runtime/lib)
  if(EXISTS ${dir})
    target_link_options(bcr_torch INTERFACE -Wl,-rpath-link,${dir})
  endif()
endforeach()

# ATen.h is all that modules, objectives and optimisers need (operators dispatch through autograd); compiled once.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/torch_pch.cc CONTENT "// Carries the precompiled header.\n")
add_library(bcr_torch_pch OBJECT ${CMAKE_BINARY_DIR}/torch_pch.cc)
target_link_libraries(bcr_torch_pch PRIVATE bcr_options bcr_torch fmt::fmt nlohmann_json::nlohmann_json)
target_precompile_headers(bcr_torch_pch PRIVATE <ATen/ATen.h> <c10/core/GradMode.h> <nlohmann/json.hpp> <map> <memory> <string>
                                                <vector>)

# Units of `target` see LibTorch, through the shared precompiled header, and compile in the pool of heavy jobs.
# torch/torch.h is not in the header: it costs three times as much, and no unit needs it.
function(bcr_uses_torch target)
  target_link_libraries(${target} PRIVATE bcr_torch)
  target_precompile_headers(${target} REUSE_FROM bcr_torch_pch)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")  # the header is compiled as -fPIC, which -fPIE does not match
    set_property(TARGET ${target} PROPERTY POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  bcr_torch_compile(${target})
endfunction()
function(bcr_torch_compile target)
  set_property(TARGET ${target} PROPERTY JOB_POOL_COMPILE bcr_heavy)
  target_compile_options(${target} PRIVATE -fpch-preprocess)  # lets ccache see through the precompiled header
  if(BCR_CCACHE)
    set_property(TARGET ${target} PROPERTY CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
                                           CCACHE_SLOPPINESS=pch_defines,time_macros ${BCR_CCACHE})
  endif()
endfunction()
bcr_torch_compile(bcr_torch_pch)
