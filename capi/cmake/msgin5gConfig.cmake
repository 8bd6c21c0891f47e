# The target msgin5g::msgin5g: `find_package(msgin5g)` and `target_link_libraries(program msgin5g::msgin5g)`.
# What is installed may be moved as a whole.
get_filename_component(_msgin5g_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET msgin5g::msgin5g)
  add_library(msgin5g::msgin5g STATIC IMPORTED)
  set_target_properties(msgin5g::msgin5g PROPERTIES
    IMPORTED_LOCATION "${_msgin5g_prefix}/lib/libmsgin5g.a"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${_msgin5g_prefix}/include")
endif()

unset(_msgin5g_prefix)
