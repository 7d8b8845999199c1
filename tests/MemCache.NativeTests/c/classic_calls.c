/* The surface of mmc.h, mmc_client.h and mmc_service.h: one store per process. */
#include "check.h"
#include "mmc.h"

enum { COUNT = 4, BYTES = 3000 };

static local_config pool(void) {
    local_config config;
    CHECK_STATUS(MMC_OK, mmc_local_config_init(&config));
    config.settings = pool_config();
    return config;
}

static void check_defaults(void) {
    local_config config;
    mmc_meta_config meta;
    memset(&config, 0x55, sizeof config);
    memset(&meta, 0x55, sizeof meta);
    CHECK_STATUS(MMC_OK, mmc_local_config_init(&config));
    CHECK(strcmp(config.meta_service_url, "tcp://127.0.0.1:5000") == 0);
    CHECK(strcmp(config.config_store_url, "tcp://127.0.0.1:6000") == 0);
    CHECK(strcmp(config.log_level, "info") == 0 && strcmp(config.protocol, "host_rdma") == 0);
    CHECK(strcmp(config.hcom_url, "tcp://127.0.0.1:7000") == 0);
    CHECK(strcmp(config.dram_size, "1GB") == 0 && strcmp(config.hbm_size, "0") == 0);
    CHECK(strcmp(config.max_dram_size, "64GB") == 0 && strcmp(config.max_hbm_size, "0") == 0);
    CHECK(strcmp(config.memory_pool_mode, "standard") == 0 && config.world_size == 256);
    CHECK(config.client_retry_milliseconds == 0 && config.client_timeout_seconds == 60);
    CHECK(config.read_thread_pool_size == 32 && config.write_thread_pool_size == 4);
    CHECK(config.aggregate_io == 1 && config.aggregate_num == 122 && config.ubs_io_enable == 0);
    CHECK(config.tls.enable == 0 && config.hcom_tls.decrypter_path[0] == '\0' && config.settings == NULL);
    CHECK_STATUS(MMC_OK, mmc_meta_config_init(&meta));
    CHECK(strcmp(meta.metrics_url, "http://127.0.0.1:8000") == 0);
    CHECK(strcmp(meta.log_path, "/var/log/memcache_hybrid") == 0);
    CHECK(meta.log_rotation_file_size == 20 && meta.log_rotation_file_count == 50 && meta.ha_enable == 0);
    CHECK(meta.evict_threshold_high == 90 && meta.evict_threshold_low == 80 && meta.settings == NULL);
}

static void check_setup(void) {
    local_config config = pool();
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_setup(NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_init(NULL));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_local_config_init(NULL));
    /* What is illegal is named, in each kind of field. */
    strcpy(config.dram_size, "lots");
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_setup(&config));
    CHECK(strstr(mmc_last_error(), "'ock.mmc.local_service.dram.size' = 'lots'") != NULL);
    config = pool();
    config.world_size = 5000;
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_setup(&config));
    CHECK(strstr(mmc_last_error(), "1 .. 1024") != NULL);
    config = pool();
    config.hcom_tls.enable = 1;
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_setup(&config));
    CHECK(strstr(mmc_last_error(), "hcom.tls.ca.path' is not given") != NULL);
    config = pool();
    memset(config.protocol, 'x', sizeof config.protocol); /* without an end */
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmc_setup(&config));
    config = pool();
    CHECK_STATUS(MMC_OK, mmc_setup(&config));
}

static void check_without_store(void) {
    mmc_buffer buffer = {0, MMC_MEDIUM_DRAM, 0, 0};
    mmc_put_options options = MMC_PUT_OPTIONS_DEFAULT;
    uint32_t id = 0;
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_exist("k", 0));
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_put("k", &buffer, options, 0));
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_get("k", &buffer, 0));
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_remove("k", 0));
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_local_service_id(&id));
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_register_buffer(1, 1));
    CHECK_STATUS(MMC_OK, mmc_uninit());
    CHECK_STATUS(MMC_OK, mmcc_uninit());
    CHECK_STATUS(MMC_OK, mmcs_local_service_stop());
}

static void check_single(void) {
    uint8_t value[BYTES];
    uint8_t read[BYTES] = {0};
    mmc_put_options options = MMC_PUT_OPTIONS_DEFAULT;
    mmc_data_info info;
    /* The offset counts from the address. */
    mmc_buffer source = {(uint64_t)(uintptr_t)value, MMC_MEDIUM_DRAM, 1000, BYTES - 1000};
    mmc_buffer target = {(uint64_t)(uintptr_t)read - 7, MMC_MEDIUM_DRAM, 7, BYTES - 1000};
    fill(value, BYTES, 11);
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_exist("single", 0));
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_get("single", &target, 0));
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_query("single", &info, 0));
    CHECK(!info.valid && info.size == 0);
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_remove("single", 0));
    CHECK_STATUS(MMC_OK, mmcc_put("single", &source, options, 0));
    CHECK_STATUS(MMC_OK, mmcc_exist("single", 0));
    CHECK_STATUS(MMC_OK, mmcc_get("single", &target, 0));
    CHECK(memcmp(read, value + 1000, BYTES - 1000) == 0 && read[BYTES - 1000] == 0);
    CHECK_STATUS(MMC_OK, mmcc_query("single", &info, 0));
    CHECK(info.valid && info.size == BYTES - 1000 && info.numBlobs == 1 && info.ranks[0] == 0 && info.types[0] == MMC_MEDIUM_DRAM);
    target.len = 5;
    CHECK_STATUS(MMC_SIZE_MISMATCH, mmcc_get("single", &target, 0));
    CHECK_STATUS(MMC_OK, mmcc_set_priority("single", MMC_PIN_HARD, 600000, 0));
    CHECK_STATUS(MMC_OK, mmcc_set_priority("single", MMC_PIN_NONE, MMC_KEEP, 0));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_set_priority("single", 3, MMC_KEEP, 0));
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_set_priority("absent", MMC_PIN_SOFT, MMC_KEEP, 0));
    CHECK_STATUS(MMC_OK, mmcc_remove("single", 0));
    CHECK_STATUS(MMC_OK, mmcc_put("single", &source, options, MMC_PIN_HARD));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_put("other", &source, options, 3));
    CHECK_STATUS(MMC_OK, mmcc_remove("single", 0));

    options.preferredLocalServiceIDs[0] = 0;
    CHECK_STATUS(MMC_OK, mmcc_put("forced", &source, options, 0));
    options.preferredLocalServiceIDs[0] = 700;
    CHECK(mmcc_put("elsewhere", &source, options, 0) < 0);
    options.preferredLocalServiceIDs[0] = 5000;
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_put("elsewhere", &source, options, 0));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_put(NULL, &source, options, 0));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_put("", &source, options, 0));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_put("k", NULL, options, 0));
    char long_key[300];
    memset(long_key, 'k', sizeof long_key);
    long_key[257] = '\0';
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_exist(long_key, 0));
    long_key[256] = '\0';
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_exist(long_key, 0));
}

static void check_batches(void) {
    static uint8_t values[COUNT][BYTES];
    static uint8_t reads[COUNT][BYTES];
    const char *keys[COUNT] = {"a", "b", "c", "d"};
    mmc_buffer sources[COUNT];
    mmc_buffer targets[COUNT];
    mmc_put_options options = MMC_PUT_OPTIONS_DEFAULT;
    mmc_data_info infos[COUNT];
    int results[COUNT];
    for (int i = 0; i < COUNT; i++) {
        fill(values[i], BYTES, (uint64_t)(20 + i));
        sources[i] = (mmc_buffer){(uint64_t)(uintptr_t)values[i], MMC_MEDIUM_DRAM, 0, BYTES};
        targets[i] = (mmc_buffer){(uint64_t)(uintptr_t)reads[i], MMC_MEDIUM_DRAM, 0, BYTES};
    }
    keys[1] = NULL;
    CHECK_STATUS(MMC_OK, mmcc_batch_put(keys, COUNT, sources, &options, 0, results));
    CHECK(results[0] == MMC_OK && results[1] == MMC_INVALID_PARAMETER && results[3] == MMC_OK);
    keys[1] = "b";
    CHECK_STATUS(MMC_OK, mmcc_batch_exist(keys, COUNT, results, 0));
    CHECK(results[0] == MMC_OK && results[1] == MMC_KEY_NOT_FOUND);
    CHECK_STATUS(MMC_OK, mmcc_batch_get(keys, COUNT, targets, 0, results));
    CHECK(results[1] == MMC_KEY_NOT_FOUND && results[2] == MMC_OK && memcmp(values[2], reads[2], BYTES) == 0);
    CHECK_STATUS(MMC_OK, mmcc_batch_query(keys, COUNT, infos, 0));
    CHECK(infos[0].valid && !infos[1].valid && infos[3].size == BYTES);
    CHECK_STATUS(MMC_OK, mmcc_batch_remove(keys, COUNT, results, 0));
    CHECK(results[0] == MMC_OK && results[1] == MMC_KEY_NOT_FOUND);
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_batch_exist(keys, 0, results, 0));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_batch_exist(keys, 16385, results, 0));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_batch_put(keys, COUNT, NULL, &options, 0, results));
    CHECK(results[3] == MMC_INVALID_PARAMETER);
}

static void check_users(void) {
    uint32_t id = 9;
    mmc_init_config with = {0, true};
    mmc_init_config without = {3, false};
    CHECK_STATUS(MMC_OK, mmc_init(&without));
    CHECK_STATUS(MMC_OK, mmc_init(&without));
    CHECK_STATUS(MMC_REPEATED_CALL, mmc_init(&with));
    CHECK_STATUS(MMC_NOT_CONNECTED_TO_LOCAL, mmcc_local_service_id(&id));
    CHECK_STATUS(MMC_OK, mmc_uninit());
    /* A local service goes on when the client is done, and the other way round. */
    local_config config = pool();
    CHECK_STATUS(MMC_OK, mmcs_local_service_start(&config));
    CHECK_STATUS(MMC_OK, mmcc_init(NULL));
    CHECK_STATUS(MMC_OK, mmcc_uninit());
    CHECK_STATUS(MMC_OK, mmcc_local_service_id(&id));
    CHECK_STATUS(MMC_OK, mmcs_local_service_stop());
    CHECK_STATUS(MMC_CLIENT_NOT_INITIALISED, mmcc_local_service_id(&id));
    CHECK_STATUS(MMC_OK, mmcc_init(&config));
    CHECK_STATUS(MMC_KEY_NOT_FOUND, mmcc_exist("nobody", 0));
    CHECK_STATUS(MMC_OK, mmcc_uninit());
}

int main(void) {
    mmc_init_config init = {0, true};
    uint32_t id = 9;
    uint8_t byte = 0;
    check_defaults();
    check_without_store();
    check_setup();
    CHECK_STATUS(MMC_OK, mmc_init(&init));
    CHECK_STATUS(MMC_OK, mmcc_local_service_id(&id));
    CHECK(id == 0);
    CHECK_STATUS(MMC_OK, mmcc_register_buffer((uint64_t)(uintptr_t)&byte, 1));
    CHECK_STATUS(MMC_OK, mmcc_unregister_buffer((uint64_t)(uintptr_t)&byte, 1));
    CHECK_STATUS(MMC_INVALID_PARAMETER, mmcc_register_buffer(0, 1));
    check_single();
    check_batches();
    CHECK_STATUS(MMC_OK, mmc_uninit());
    check_users();
    return 0;
}
