/* A library that switches flush-to-zero on for the thread that loads it, as those linked with -ffast-math do. */
#if defined(__x86_64__)
#include <xmmintrin.h>
/* FTZ and DAZ. */
__attribute__((constructor)) static void flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040u); }
#elif defined(__aarch64__)
__attribute__((constructor)) static void flush(void) {
  unsigned long control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" ::"r"(control | 1ul << 24));
}
#endif

/* Keeps the file from being empty elsewhere. */
int flushing_loaded(void);
int flushing_loaded(void) { return 1; }
