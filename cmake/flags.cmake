# What differs between compilers and systems, in one place.
if(MSVC)
  set(cornu_warnings /W3)
  set(cornu_no_math_errno "")
  if(CORNU_WERROR)
    list(APPEND cornu_warnings /WX)
  endif()
else()
  # For a small library: C needs no tables for unwinding, and the linker drops functions that
  # nothing calls.
  set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG -fno-asynchronous-unwind-tables -fno-unwind-tables")
  string(APPEND CMAKE_C_FLAGS_RELEASE " -ffunction-sections -fdata-sections")
  set(cornu_warnings -Wall -Wextra -Wpedantic)
  set(cornu_no_math_errno -fno-math-errno)
  include(CheckCCompilerFlag)
  check_c_compiler_flag(-Oz CORNU_OZ) # smaller still than -Os by a fiftieth; gcc 12, clang
  set(cornu_small -O$<IF:$<BOOL:${CORNU_OZ}>,z,s>)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # Loops are aligned, what is jumped to otherwise is not; and where code is to be small, keeping
    # fewer values at hand saves another hundredth.
    string(APPEND CMAKE_C_FLAGS_RELEASE " -falign-jumps=1 -falign-labels=1")
    list(APPEND cornu_small -fno-tree-dominator-opts -fno-tree-loop-im -fno-move-loop-invariants
         -fno-caller-saves)
    if(NOT CORNU_SANITIZE AND NOT CORNU_FUZZ) # they would see a shared list go out of scope
      list(APPEND cornu_small -fmerge-all-constants)
    endif()
  endif()
  check_c_compiler_flag(-malign-data=abi CORNU_ALIGN_DATA) # no gaps between tables; gcc on x86
  if(CORNU_ALIGN_DATA)
    string(APPEND CMAKE_C_FLAGS_RELEASE " -malign-data=abi")
  endif()
  if(CORNU_WERROR)
    list(APPEND cornu_warnings -Werror)
  endif()
endif()

set(cornu_math "")
if(UNIX)
  set(cornu_math m)
endif()

# A name that nothing defines is found when the library is linked, not when a user's program starts.
set(cornu_link_checks "")
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT CORNU_SANITIZE AND NOT CORNU_FUZZ)
  set(cornu_link_checks LINKER:-z,defs LINKER:--as-needed LINKER:--gc-sections)
  # The library calls its own public functions directly, not through a table that programs fill.
  list(APPEND cornu_link_checks LINKER:-Bsymbolic-functions)
  # Tables of pointers need an entry each where the loader does not know packed ones (glibc
  # before 2.36).
  include(CheckCSourceRuns)
  list(APPEND cornu_link_checks LINKER:-z,noseparate-code) # no page half empty before the code
  set(CMAKE_REQUIRED_LINK_OPTIONS LINKER:-z,pack-relative-relocs)
  check_c_source_runs("static int x; int *volatile p = &x; int main(void) { return *p; }"
                      CORNU_PACKED_RELOCATIONS)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(CORNU_PACKED_RELOCATIONS)
    list(APPEND cornu_link_checks LINKER:-z,pack-relative-relocs)
  endif()
endif()

set(sanitizers ${CORNU_SANITIZE})
if(CORNU_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "CORNU_FUZZ needs clang: cmake -DCMAKE_C_COMPILER=clang")
  endif()
  list(APPEND sanitizers address undefined)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(sanitizers)
  list(REMOVE_DUPLICATES sanitizers)
  list(JOIN sanitizers "," sanitizers)
  add_compile_options(-g -fno-omit-frame-pointer -fsanitize=${sanitizers} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
endif()
