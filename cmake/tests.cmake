# build/cornu_tests [words]: every *_test.c of src/, and tests/parity and tests/torture.
file(GLOB_RECURSE more_tests CONFIGURE_DEPENDS tests/parity/*.c tests/torture/*.c)
set(program_parts ${program})
list(FILTER program_parts EXCLUDE REGEX "/src/cli/main\\.c$")
add_executable(cornu_tests tests/main.c ${unit_tests} ${more_tests} ${program_parts})
target_include_directories(cornu_tests PRIVATE src tests)
target_compile_definitions(cornu_tests PRIVATE CORNU_BUILDING CORNU_TESTING _GNU_SOURCE
                           CORNU_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_compile_options(cornu_tests PRIVATE ${cornu_warnings})
target_link_libraries(cornu_tests PRIVATE cornu_static ${cornu_math} Threads::Threads)
enable_testing()
add_test(NAME cornu_tests COMMAND cornu_tests)

# build/examples/NAME: a file each; they see include/ and what the shared library exports, no more.
file(GLOB examples CONFIGURE_DEPENDS examples/*.c)
foreach(source ${examples})
  get_filename_component(name ${source} NAME_WE)
  add_executable(example_${name} ${source})
  set_target_properties(example_${name} PROPERTIES OUTPUT_NAME ${name}
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  target_compile_options(example_${name} PRIVATE ${cornu_warnings})
  target_compile_definitions(example_${name} PRIVATE
                             DIGITS="${PROJECT_SOURCE_DIR}/examples/data/digits.npz")
  target_link_libraries(example_${name} PRIVATE cornu_shared ${cornu_math})
endforeach()

# build/saving_ops: the models that tests/saving/run has Keras open.
add_executable(saving_ops tests/saving/ops.c)
target_compile_options(saving_ops PRIVATE ${cornu_warnings})
target_link_libraries(saving_ops PRIVATE cornu_shared ${cornu_math})

# build/network: networks of keras.applications for tests/applications/run.
add_executable(network tests/applications/network.c)
target_compile_options(network PRIVATE ${cornu_warnings})
target_link_libraries(network PRIVATE cornu_shared ${cornu_math})

# build/note/NNN_NAME: the programs of tests/note, which see what a user sees.
file(GLOB notes CONFIGURE_DEPENDS tests/note/*/*.c)
foreach(source ${notes})
  get_filename_component(name ${source} NAME_WE)
  add_executable(note_${name} ${source})
  target_include_directories(note_${name} PRIVATE tests/note)
  set_target_properties(note_${name} PROPERTIES OUTPUT_NAME ${name}
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/note)
  target_compile_options(note_${name} PRIVATE ${cornu_warnings})
  target_link_libraries(note_${name} PRIVATE cornu_shared ${cornu_math})
endforeach()
