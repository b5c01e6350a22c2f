# The program of the full build, in parts (harness/app/README.md): bin/bcreid holds the layers that the light build has and
# exports them; libbcreid-search.so holds FAISS and what calls it; libbcreid-train.so holds the rest. Both take the layers
# of the program from it when they are loaded, so that every function and every static object exists once. That is why
# they are made of object files: static libraries would bring copies of the layers below.
set(program_layers core features metrics eval cluster clusterers protocols reports adapt adapters judge compare app)
set(search_layers)
set(train_layers store data datasets nn train methods plan run)
if(TARGET bcr::search)
  list(APPEND program_layers search)
  list(APPEND search_layers faiss_search)
  list(APPEND program_sources search_library.cc)
endif()

# bcr_part(TARGET layers...): the object files of layers become part of TARGET.
function(bcr_part target)
  foreach(layer ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:bcr_${layer}>)
  endforeach()
  target_link_libraries(${target} PRIVATE bcr_options fmt::fmt nlohmann_json::nlohmann_json Threads::Threads ${CMAKE_DL_LIBS})
  target_compile_definitions(${target} PRIVATE BCR_WITH_TORCH)
  bcr_uses_build_stamp(${target})
  # The run path is the one an installed copy needs, in the build folder too: this folder, and where libraries were found.
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH_USE_LINK_PATH ON INSTALL_RPATH "$ORIGIN")
  install(TARGETS ${target} RUNTIME DESTINATION bin LIBRARY DESTINATION bin)
endfunction()

add_executable(bcreid ${program_sources} catalogue.cc cmd_data.cc cmd_export.cc cmd_extract.cc cmd_generate.cc cmd_run.cc)
bcr_part(bcreid ${program_layers})
target_link_libraries(bcreid PRIVATE bcr_xxhash CLI11::CLI11)
# Only names of ours: exporting all would make it look up thousands of the standard library's templates by name.
set(exported ${CMAKE_CURRENT_SOURCE_DIR}/exported.list)
target_link_options(bcreid PRIVATE -Wl,--dynamic-list=${exported})

# Whole when loaded: a name that the program does not have is an error then, which Open (library.cc) reports.
add_library(bcreid_search SHARED search_library_entry.cc)
bcr_part(bcreid_search ${search_layers})
target_link_libraries(bcreid_search PRIVATE bcr_faiss OpenMP::OpenMP_CXX)
target_link_options(bcreid_search PRIVATE -Wl,-z,now)
set_target_properties(bcreid_search PROPERTIES OUTPUT_NAME bcreid-search)

# OpenBLAS stands before LibTorch, and is kept although nothing here calls it: whoever is loaded first serves sgemm_ to both.
add_library(bcreid_train SHARED data_command.cc data_text.cc engines.cc plug_in_lists.cc plug_ins.cc train_library_entry.cc)
bcr_part(bcreid_train ${train_layers})
target_link_options(bcreid_train PRIVATE -Wl,-z,now -Wl,--no-as-needed)
target_link_libraries(bcreid_train PRIVATE bcr_openblas OpenMP::OpenMP_CXX bcr_torch bcr_xxhash bcr_libzip
                                           bcr_opencv JPEG::JPEG)
set_target_properties(bcreid_train PROPERTIES OUTPUT_NAME bcreid-train)

# What `list` reads. The program is linked anew whenever a library was, so that it is written anew whenever one of the three
# changed, and `--target bcreid` makes all of them.
set(catalogue ${CMAKE_BINARY_DIR}/bin/bcreid-catalogue.json)
add_dependencies(bcreid bcreid_search bcreid_train)
set_target_properties(bcreid PROPERTIES LINK_DEPENDS
  "${exported};${CMAKE_BINARY_DIR}/bin/libbcreid-search.so;${CMAKE_BINARY_DIR}/bin/libbcreid-train.so")
add_custom_command(TARGET bcreid POST_BUILD COMMAND bcreid list --write-catalogue ${catalogue}
                   BYPRODUCTS ${catalogue} VERBATIM)
install(FILES ${catalogue} DESTINATION bin)
