# cmake --install: headers, both libraries, the program, cornu.pc and the CMake package Cornu.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Cornu)

install(TARGETS cornu_shared cornu_static EXPORT CornuTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS cornu_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES include/cornu.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/cornu DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

install(EXPORT CornuTargets NAMESPACE Cornu:: DESTINATION ${package_dir})
configure_package_config_file(cmake/CornuConfig.cmake.in CornuConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(CornuConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/CornuConfig.cmake ${PROJECT_BINARY_DIR}/CornuConfigVersion.cmake
        DESTINATION ${package_dir})

# cornu.pc finds its prefix from its own place, so that an installed tree can be moved.
set(pc_private "")
foreach(library ${cornu_math} ${CMAKE_DL_LIBS})
  string(APPEND pc_private " -l${library}")
endforeach()
if(NOT WIN32)
  string(APPEND pc_private " -pthread")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
else()
  file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" pc_prefix "\${pcfiledir}/${pc_prefix}")
endif()
foreach(dir libdir includedir)
  string(TOUPPER CMAKE_INSTALL_${dir} from)
  set(pc_${dir} ${${from}})
  if(NOT IS_ABSOLUTE "${pc_${dir}}")
    set(pc_${dir} "\${prefix}/${pc_${dir}}")
  endif()
endforeach()
configure_file(cmake/cornu.pc.in cornu.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cornu.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
