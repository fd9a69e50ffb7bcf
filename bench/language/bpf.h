/*
 * What the C programs take from the kernel, said here so that neither libbpf nor kernel headers are needed.
 *
 * Helpers are called through their numbers (enum bpf_func_id). Maps are undefined symbols: the loader finds them by name and
 * gives both languages the same maps, so that their declarations exist once, in lb.ts.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define XDP_DROP 1
#define XDP_PASS 2
#define XDP_TX 3

struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
struct map;

static void *(*const bpf_map_lookup_elem)(struct map *, const void *) = (void *)1;
static long (*const bpf_map_update_elem)(struct map *, const void *, const void *, u64) = (void *)2;
static long (*const bpf_xdp_adjust_head)(struct xdp_md *, int) = (void *)44;
static u64 (*const bpf_ktime_get_coarse_ns)(void) = (void *)160;

#define PROGRAM __attribute__((section("xdp"), used))
#define INLINE static inline __attribute__((always_inline))
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define swap16(x) ((u16)__builtin_bswap16(x))
