# Kernels that are compiled once for each instruction set: every src/**/NAME.isa.c (see
# src/backend/cpu/isa.h). "plain" is what the compiler gives for the target as it is, and the only
# level where the target is not x86-64. A level is a name in `isa_levels` and its flags.
file(GLOB_RECURSE isa_sources CONFIGURE_DEPENDS src/*.isa.c)
list(FILTER sources EXCLUDE REGEX "\\.isa\\.c$")

set(isa_flags -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off)
set(isa_levels plain)
set(isa_flags_plain)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  list(APPEND isa_levels avx2 avx512)
  set(isa_flags_plain -O2) # for processors of before 2013
  set(isa_vectors_plain -Os) # what is written in vectors has them so, too
  set(isa_flags_avx2 -mavx2 -mfma)
  set(isa_flags_avx512 ${isa_flags_avx2} -mavx512f -mavx512vl -mavx512bw -mavx512dq
      -mprefer-vector-width=512)
  add_compile_definitions(CORNU_ISA_X86)
  set(isa_flags_amx ${isa_flags_avx512} -mavx512bf16 -mamx-tile -mamx-bf16)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux") # the one that is asked for tiles (isa.c)
    include(CheckCCompilerFlag)
    check_c_compiler_flag(-mamx-bf16 CORNU_AMX)
  endif()
endif()
if(CORNU_AMX)
  add_compile_definitions(CORNU_AMX)
  set_property(SOURCE src/backend/cpu/gemm/amx.c APPEND PROPERTY COMPILE_OPTIONS ${isa_flags_amx})
  set_property(SOURCE src/backend/cpu/gemm/amx.c APPEND PROPERTY COMPILE_DEFINITIONS CN_ISA=avx512)
endif()

# These may fuse any multiplication and addition; elsewhere only those written as fma() are.
set(isa_fused src/backend/cpu/gemm/tile.isa.c src/backend/cpu/window/depthwise.isa.c)
set_property(SOURCE ${isa_fused} APPEND PROPERTY COMPILE_OPTIONS -ffp-contract=fast)

# Tiles unroll their loops themselves; -O3 would add variants of them for strides of 1.
set_property(SOURCE src/backend/cpu/gemm/tile.isa.c APPEND PROPERTY COMPILE_OPTIONS -O2)

# Its loop waits for memory.
set_property(SOURCE src/backend/cpu/gemm/epilogue.isa.c APPEND PROPERTY COMPILE_OPTIONS -O2)

# Loops run over whole vectors: a second, narrower loop for the rest (not in reduce.isa.c,
# whose rows may be short), or one unrolled as -O3 does, would double their size.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  set(loops src/backend/cpu/loops)
  set_property(SOURCE ${loops}/loops.isa.c ${loops}/softmax.isa.c ${loops}/reduce.isa.c
               ${loops}/reduce_wide.c ${loops}/attend.isa.c src/random/philox_words.isa.c APPEND
               PROPERTY COMPILE_OPTIONS -O2 -ftree-vectorize -fvect-cost-model=dynamic)
  set_property(SOURCE ${loops}/loops.isa.c ${loops}/softmax.isa.c ${loops}/reduce_wide.c APPEND
               PROPERTY COMPILE_OPTIONS --param=vect-epilogues-nomask=0)
  set_property(SOURCE src/backend/cpu/gemm/epilogue.isa.c APPEND
               PROPERTY COMPILE_OPTIONS -ftree-vectorize -fvect-cost-model=dynamic)
  set(window src/backend/cpu/window/depthwise.isa.c src/backend/cpu/window/pool.isa.c)
  set_property(SOURCE ${window} APPEND PROPERTY COMPILE_OPTIONS -O2 -funswitch-loops)
  # Addresses as they are written: others for each loop cost code, and tiles nothing else.
  set(gemm src/backend/cpu/gemm)
  set_property(SOURCE ${gemm}/tile.isa.c APPEND PROPERTY COMPILE_OPTIONS -fno-ivopts)
  set_property(SOURCE ${window} ${gemm}/tile.isa.c ${gemm}/epilogue.isa.c ${loops}/attend.isa.c
               src/random/philox_words.isa.c APPEND
               PROPERTY COMPILE_OPTIONS "$<TARGET_PROPERTY:CN_VECTORS>")
endif()

set(isa_objects)
foreach(level IN LISTS isa_levels)
  add_library(cornu_isa_${level} OBJECT ${isa_sources})
  set_target_properties(cornu_isa_${level} PROPERTIES POSITION_INDEPENDENT_CODE ON
                        C_VISIBILITY_PRESET hidden
                        CN_VECTORS "${isa_vectors_${level}}")
  target_include_directories(cornu_isa_${level} PRIVATE include src)
  target_compile_definitions(cornu_isa_${level} PRIVATE CORNU_BUILDING _GNU_SOURCE CN_ISA=${level}
                             CN_ISA_IS_${level})
  target_compile_options(cornu_isa_${level} PRIVATE ${cornu_warnings} ${isa_flags}
                         ${isa_flags_${level}})
  list(APPEND isa_objects $<TARGET_OBJECTS:cornu_isa_${level}>)
endforeach()

# The fuzzers try readers, and clang takes minutes to instrument unrolled tiles.
if(CORNU_FUZZ)
  foreach(level IN LISTS isa_levels)
    target_compile_options(cornu_isa_${level} PRIVATE
                           -fno-sanitize=all -fno-sanitize=fuzzer-no-link)
  endforeach()
endif()
