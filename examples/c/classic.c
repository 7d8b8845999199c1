/*
 * The classic surface: one store per process, no handles.
 *
 *   gcc classic.c -o classic $(pkg-config --cflags --libs memcache)
 *   MMC_LOCAL_CONFIG_PATH=mmc-local.conf ./classic
 */
#include <stdio.h>
#include <string.h>

#include <mmc.h>

int main(void) {
    char hello[] = "hello, pool";
    char read[sizeof hello] = {0};
    mmc_init_config init = {0, true};
    mmc_put_options options = MMC_PUT_OPTIONS_DEFAULT;
    mmc_buffer source = {(uint64_t)(uintptr_t)hello, MMC_MEDIUM_DRAM, 0, sizeof hello};
    mmc_buffer target = {(uint64_t)(uintptr_t)read, MMC_MEDIUM_DRAM, 0, sizeof read};
    if (mmc_init(&init) != MMC_OK || mmcc_put("greeting", &source, options, 0) != MMC_OK || mmcc_get("greeting", &target, 0) != MMC_OK) {
        fprintf(stderr, "%s\n", mmc_last_error());
        return 1;
    }
    printf("%s\n", read);
    mmcc_remove("greeting", 0);
    return mmc_uninit();
}
