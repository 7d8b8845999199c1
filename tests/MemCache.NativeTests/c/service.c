/* A MetaService that this process starts and stops; the test says on which ports. */
#include "check.h"
#include "mmc.h"

static void set(char *field, size_t size, const char *variable) {
    snprintf(field, size, "%s", getenv(variable));
}

int main(void) {
    mmc_meta_config config;
    local_config local;
    char settings[512];
    CHECK_STATUS(MMC_OK, mmc_meta_config_init(&config));
    config.evict_threshold_low = 95;
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcs_meta_service_start(&config));
    CHECK(strstr(mmc_last_error(), "evict_threshold_low") != NULL);

    CHECK_STATUS(MMC_OK, mmc_meta_config_init(&config));
    set(config.meta_service_url, sizeof config.meta_service_url, "MMC_TEST_META_URL");
    set(config.config_store_url, sizeof config.config_store_url, "MMC_TEST_MEMBER_URL");
    set(config.metrics_url, sizeof config.metrics_url, "MMC_TEST_METRICS_URL");
    set(config.log_path, sizeof config.log_path, "MMC_TEST_DIRECTORY");
    snprintf(settings, sizeof settings, "ock.mmc.meta_service.socket_path = %s\n", getenv("MMC_TEST_DIRECTORY"));
    config.settings = settings;
    CHECK_STATUS(MMC_OK, mmcs_meta_service_start(&config));
    CHECK_STATUS(MMC_REPEATED_CALL, mmcs_meta_service_start(&config));

    CHECK_STATUS(MMC_OK, mmc_local_config_init(&local));
    set(local.meta_service_url, sizeof local.meta_service_url, "MMC_TEST_META_URL");
    set(local.config_store_url, sizeof local.config_store_url, "MMC_TEST_MEMBER_URL");
    strcpy(local.dram_size, "16MB");
    snprintf(settings, sizeof settings, "ock.mmc.local_service.shm.path = %s\n", getenv("MMC_TEST_SHM"));
    local.settings = settings;
    CHECK_STATUS(MMC_OK, mmcs_local_service_start(&local));
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_exist("x", 0));
    CHECK_STATUS(MMC_OK, mmcs_local_service_stop());

    double begin = seconds_now();
    CHECK_STATUS(MMC_OK, mmcs_meta_service_stop());
    CHECK(seconds_now() - begin < 11);
    CHECK_STATUS(MMC_OK, mmcs_meta_service_stop());
    CHECK(mmcs_local_service_start(&local) == MMC_NOT_CONNECTED_TO_META);
    return 0;
}
