// Eight members side by side, as vectors of the processor's own width. One 64-byte vector built
// for 32-byte registers was measured eight times slower than two 32-byte ones.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

#if defined(__GNUC__) || defined(__clang__)
#define EXOCAST_INLINE static inline __attribute__((always_inline))
#define EXOCAST_APART static __attribute__((noinline))

typedef double Native __attribute__((vector_size(8 * EXOCAST_WIDTH)));
typedef long long NativeMask __attribute__((vector_size(8 * EXOCAST_WIDTH)));

constexpr int kParts = kLanes / EXOCAST_WIDTH;

EXOCAST_INLINE Native choose(NativeMask mask, Native a, Native b) { return mask ? a : b; }
EXOCAST_INLINE Native broadcast(double value) { return Native{} + value; }
#else
// Other compilers: one lane a part, which they may vectorise themselves.
#define EXOCAST_INLINE static inline
#define EXOCAST_APART static

typedef double Native;
typedef bool NativeMask;

constexpr int kParts = kLanes;

EXOCAST_INLINE Native choose(NativeMask mask, Native a, Native b) { return mask ? a : b; }
EXOCAST_INLINE Native broadcast(double value) { return value; }
#endif

struct alignas(64) Pack {
  Native part[kParts];
};

struct Mask {
  NativeMask part[kParts];
};

// Lanes lie one after another in memory, whatever the width of a part.
EXOCAST_INLINE double& lane(Pack& pack, int at) { return reinterpret_cast<double*>(&pack)[at]; }
EXOCAST_INLINE double lane(const Pack& pack, int at) {
  return reinterpret_cast<const double*>(&pack)[at];
}

EXOCAST_INLINE Pack filled(double value) {
  Pack result;
  for (int q = 0; q < kParts; q++) result.part[q] = broadcast(value);
  return result;
}

// A number in the shape of another value.
EXOCAST_INLINE double like(double, double value) { return value; }
EXOCAST_INLINE Pack like(const Pack&, double value) { return filled(value); }

#define EXOCAST_BINARY(OP)                                                     \
  EXOCAST_INLINE Pack operator OP(const Pack& a, const Pack& b) {              \
    Pack result;                                                               \
    for (int q = 0; q < kParts; q++) result.part[q] = a.part[q] OP b.part[q];  \
    return result;                                                             \
  }                                                                            \
  EXOCAST_INLINE Pack operator OP(double a, const Pack& b) {                   \
    Pack result;                                                               \
    for (int q = 0; q < kParts; q++) result.part[q] = a OP b.part[q];          \
    return result;                                                             \
  }
EXOCAST_BINARY(+)
EXOCAST_BINARY(-)
EXOCAST_BINARY(*)
EXOCAST_BINARY(/)
#undef EXOCAST_BINARY

EXOCAST_INLINE Pack select(const Mask& mask, const Pack& a, const Pack& b) {
  Pack result;
  for (int q = 0; q < kParts; q++) result.part[q] = choose(mask.part[q], a.part[q], b.part[q]);
  return result;
}

EXOCAST_INLINE Mask above(const Pack& a, const Pack& b) {
  Mask result;
  for (int q = 0; q < kParts; q++) result.part[q] = a.part[q] > b.part[q];
  return result;
}

EXOCAST_INLINE Pack larger(const Pack& a, const Pack& b) { return select(above(a, b), a, b); }
EXOCAST_INLINE Pack smaller(const Pack& a, const Pack& b) { return select(above(b, a), a, b); }
EXOCAST_INLINE Pack magnitude(const Pack& a) { return larger(a, 0.0 - a); }

// The same operations on one number, so that one tape runner serves setup and steps.
EXOCAST_INLINE double larger(double a, double b) { return a > b ? a : b; }
EXOCAST_INLINE double smaller(double a, double b) { return b > a ? a : b; }

EXOCAST_INLINE double greater(double a, double b) { return a > b ? 1.0 : 0.0; }
EXOCAST_INLINE Pack greater(const Pack& a, const Pack& b) {
  return select(above(a, b), filled(1.0), filled(0.0));
}

EXOCAST_INLINE double chosen(double which, double a, double b) { return which != 0.0 ? a : b; }
EXOCAST_INLINE Pack chosen(const Pack& which, const Pack& a, const Pack& b) {
  Pack result;
  for (int q = 0; q < kParts; q++) {
    result.part[q] = choose(which.part[q] != broadcast(0.0), a.part[q], b.part[q]);
  }
  return result;
}
