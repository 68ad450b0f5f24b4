/* What is exported, and what C++ needs. */
#ifndef CORNU_EXPORT_H
#define CORNU_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CN_EXTERN extern "C"
#else
#define CN_EXTERN extern
#endif

/* A field's default. C++ fills it in by itself: cn_fit_options fit = {}; fit.epochs = 3; in C the
 * macros that take options by name do. */
#ifdef __cplusplus
#define CN_OTHERWISE(...) = __VA_ARGS__
#else
#define CN_OTHERWISE(...)
#endif

#if defined(_WIN32) && defined(CORNU_SHARED)
#ifdef CORNU_BUILDING
#define CN_API CN_EXTERN __declspec(dllexport)
#else
#define CN_API CN_EXTERN __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define CN_API CN_EXTERN __attribute__((visibility("default")))
#else
#define CN_API CN_EXTERN
#endif

#if defined(__GNUC__)
#define CN_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CN_PRINTF(text, first)
#endif

#endif
