/* CN_COLD before a function: it is compiled for size in a file that is compiled for speed. For rare
 * versions of a hot one and for what plans its work; what runs once a model goes to files of its
 * own (`hot` in CMakeLists.txt). */
#ifndef CN_BASE_COLD_H
#define CN_BASE_COLD_H

#ifdef __GNUC__
#define CN_COLD __attribute__((cold))
#else
#define CN_COLD
#endif

#endif
