# The machine without Python, for the extension module and for its own tests in test/.

find_package(Threads REQUIRED)

set(machine_folder "${CMAKE_CURRENT_LIST_DIR}")

set(machine_flags "")
if(NOT MSVC)
  # No contraction and no fast-math: every instruction set must give the same bits. Packs are read
  # lane by lane as doubles, hence no-strict-aliasing.
  set(machine_flags -O3 -ffp-contract=off -fno-math-errno -fno-strict-aliasing
      -fvisibility=hidden -Wall -Wextra ${EXOCAST_MACHINE_FLAGS})
endif()

function(add_machine set width)
  add_library(machine_${set} OBJECT "${machine_folder}/kernel.cpp")
  target_compile_features(machine_${set} PRIVATE cxx_std_20)
  target_compile_definitions(machine_${set} PRIVATE EXOCAST_SET=${set} EXOCAST_WIDTH=${width})
  target_compile_options(machine_${set} PRIVATE ${machine_flags} ${ARGN})
  set_target_properties(machine_${set} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# Adds the machine, built for every instruction set that belongs to this processor.
function(target_machine target)
  add_machine(baseline 2)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE Threads::Threads)
  target_include_directories(${target} PRIVATE "${machine_folder}")
  foreach(name batch differential dispatch selection tables)
    target_sources(${target} PRIVATE "${machine_folder}/${name}.cpp")
  endforeach()
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:machine_baseline>)
  # On a universal macOS build one compilation serves two processors, so only the baseline is built.
  list(LENGTH CMAKE_OSX_ARCHITECTURES architectures)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT MSVC AND architectures LESS 2
     AND NOT CMAKE_OSX_ARCHITECTURES MATCHES "arm64")
    add_machine(avx2 4 -mavx2)
    add_machine(avx512 8 -mavx512f -mavx512dq)
    target_sources(${target} PRIVATE
      $<TARGET_OBJECTS:machine_avx2> $<TARGET_OBJECTS:machine_avx512>)
    target_compile_definitions(${target} PRIVATE EXOCAST_X86)
  endif()
endfunction()
