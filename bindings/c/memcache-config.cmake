# find_package(memcache) gives the target memcache::mf_memcache; mmc.h, mmc_store.h and mmcache.h are on its include path.
get_filename_component(memcache_root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET memcache::mf_memcache)
  add_library(memcache::mf_memcache SHARED IMPORTED)
  set_target_properties(memcache::mf_memcache PROPERTIES
    IMPORTED_LOCATION "${memcache_root}/lib64/libmf_memcache.so"
    IMPORTED_NO_SONAME TRUE
    INTERFACE_INCLUDE_DIRECTORIES "${memcache_root}/include")
endif()
