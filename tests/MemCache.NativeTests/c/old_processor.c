/* The gate alone, on a processor that lacks what the library is compiled for: a status and a text, and C# is never entered. */
#define MMC_VERSION "0"
#define __builtin_cpu_supports(feature) 0
#include "../../../src/MemCache.Native/Gate/gate.c"
#undef __builtin_cpu_supports

#include "check.h"

int main(void) {
#ifndef __x86_64__
    return 0; /* nothing is asked of other processors */
#endif
    mmc_store_t store = 0;
    int32_t result = 9;
    mmc_key key = key_of("k");
    CHECK_STATUS(MMC_NOT_STARTED, mmc_store_open("", 0, 1, &store));
    CHECK(strstr(mmc_last_error(), "AVX2") != NULL);
    CHECK_STATUS(MMC_NOT_STARTED, mmc_store_exists_batch(1, &key, 1, &result));
    CHECK(result == MMC_NOT_STARTED);
    return 0;
}
